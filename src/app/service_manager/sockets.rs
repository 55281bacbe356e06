//! Sockets that the service manager opened.
//!
//! They stay open while one process ends and the next begins, so that connections wait instead of being refused.

use crate::config::{Listen, plaintext_problem};
use listenfd::ListenFd;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    io,
    iter::repeat,
    net::{SocketAddr, TcpListener},
};

/// What the sockets are called, in the order in which they come when they are not called so.
const NAMES: [&str; 2] = ["proxy", "admin"];

/// The sockets that were handed over to this process; those that were not are bound by itself.
#[derive(Debug, Default)]
pub struct HandedSockets {
    /// For clients.
    pub(in crate::app) proxy: Option<TcpListener>,
    /// For operators over the network.
    pub(in crate::app) admin: Option<TcpListener>,
}

/// Sockets were handed over that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SocketsError {
    /// There are more than there are listeners.
    #[error("{0} sockets were handed over, and there are two listeners: `proxy` and `admin`")]
    TooMany(usize),
    /// Two have the same name.
    #[error("two sockets named `{0}` were handed over")]
    Twice(&'static str),
    /// One is named as a listener, another is not.
    #[error("a socket named `{0}` was handed over: the names are `proxy` and `admin`")]
    Unknown(String),
    /// It is none of TCP that listens.
    #[error("the socket for `{name}` that was handed over cannot be listened on")]
    Unfit {
        /// Which listener it is for.
        name: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// It is where tokens may not travel in clear.
    #[error("the socket for `{name}` that was handed over is at {address}: {problem}")]
    Plaintext {
        /// Which listener it is for.
        name: &'static str,
        /// Where it is bound.
        address: SocketAddr,
        /// What is wrong with that.
        problem: &'static str,
    },
}

impl HandedSockets {
    /// Takes the sockets that are meant for this process; `variables` are those of the process.
    ///
    /// To be called once, while the process has one thread: the variables that tell of the sockets are taken
    /// away, so that no other process believes itself meant.
    pub fn take(variables: &[(String, String)]) -> Result<Self, SocketsError> {
        let mut given = ListenFd::from_env();
        let names = variables.iter().find(|(name, _)| name == "LISTEN_FDNAMES");
        let names = names.map_or("", |(_, names)| names);
        let [proxy, admin] = places(names, given.len())?;
        let mut take = |place: Option<usize>, name| {
            let socket = place.map(|place| listening(&mut given, place)).transpose();
            socket.map_err(|cause| SocketsError::Unfit { name, cause })
        };
        Ok(Self { proxy: take(proxy, NAMES[0])?, admin: take(admin, NAMES[1])? })
    }

    /// Holds the addresses against the rule for plain HTTP, as settings are held against it.
    pub fn allowed_by(&self, listen: &Listen) -> Result<(), SocketsError> {
        let sockets = [
            (NAMES[0], &self.proxy, listen.tls.as_ref()),
            (NAMES[1], &self.admin, listen.tls_of_admin()),
        ];
        for (name, socket, tls) in sockets {
            let Some(socket) = socket.as_ref().filter(|_| tls.is_none()) else { continue };
            let address =
                socket.local_addr().map_err(|cause| SocketsError::Unfit { name, cause })?;
            let problem = plaintext_problem(address).filter(|_| !listen.allow_plaintext);
            if let Some(problem) = problem {
                return Err(SocketsError::Plaintext { name, address, problem });
            }
        }
        Ok(())
    }
}

/// Returns which of `count` sockets is for which listener, in the order of [`NAMES`].
fn places(names: &str, count: usize) -> Result<[Option<usize>; 2], SocketsError> {
    if count > NAMES.len() {
        return Err(SocketsError::TooMany(count));
    }
    // One that has no name counts as named otherwise.
    let names: Vec<_> = names.split(':').chain(repeat("")).take(count).collect();
    if !names.iter().any(|name| NAMES.contains(name)) {
        return Ok([0, 1].map(|place| (place < count).then_some(place)));
    }
    let mut places = [None; 2];
    for (place, name) in names.into_iter().enumerate() {
        let listener = NAMES.iter().position(|known| *known == name);
        let listener = listener.ok_or_else(|| SocketsError::Unknown(name.to_owned()))?;
        if places[listener].replace(place).is_some() {
            return Err(SocketsError::Twice(NAMES[listener]));
        }
    }
    Ok(places)
}

/// Takes a socket of TCP that listens.
fn listening(given: &mut ListenFd, place: usize) -> io::Result<TcpListener> {
    let socket = given.take_tcp_listener(place)?.ok_or(io::ErrorKind::NotFound)?;
    // A connection, as inetd hands one over, can be written to, and a socket that does neither is hung up; one
    // that listens is never either of the two.
    let mut look = [PollFd::new(&socket, PollFlags::OUT)];
    poll(&mut look, Some(&Timespec::default()))?;
    if look[0].revents().intersects(PollFlags::OUT | PollFlags::HUP | PollFlags::ERR) {
        return Err(Errno::INVAL.into());
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_found_by_their_names_and_else_in_order() {
        for (names, count, expected) in [
            ("", 0, [None, None]),
            ("", 1, [Some(0), None]),
            ("ideogate.socket:ideogate.socket", 2, [Some(0), Some(1)]),
            ("admin:proxy", 2, [Some(1), Some(0)]),
            ("admin", 1, [None, Some(0)]),
            ("proxy:admin", 2, [Some(0), Some(1)]),
            // Names without sockets are somebody else's.
            ("admin:proxy", 0, [None, None]),
        ] {
            assert_eq!(places(names, count).unwrap(), expected, "{names}");
        }
    }

    #[test]
    fn sockets_that_nobody_knows_what_to_do_with_are_a_mistake() {
        for (names, count, told) in [
            ("", 3, "3 sockets were handed over"),
            ("proxy:admin:proxy", 3, "3 sockets were handed over"),
            ("proxy:proxy", 2, "two sockets named `proxy`"),
            ("proxy:other", 2, "a socket named `other`"),
            ("admin", 2, "a socket named ``"),
        ] {
            let error = places(names, count).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
