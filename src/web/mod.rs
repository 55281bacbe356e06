//! What every HTTP face shares: the listener, problems, request ids, client addresses.
