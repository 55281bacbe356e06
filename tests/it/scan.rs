//! The scan for leaks, as people and hooks run it.

mod env_files;
mod folder;
mod patterns;
mod staged;
mod trees;

use folder::{Folder, token};
