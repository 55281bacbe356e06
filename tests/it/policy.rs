//! Routes, scopes and limits: nothing happens that was not granted.
