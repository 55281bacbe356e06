//! What the process as a whole must not do: leave its memory behind.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Keeps keys and tokens out of core dumps and away from debuggers of other processes.
///
/// It holds for the whole process from then on. Afterwards only root can read `/proc/PID/environ`.
pub fn protect_memory() -> Result<(), rustix::io::Errno> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
}
