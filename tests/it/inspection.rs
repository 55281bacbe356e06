//! What a request asks for, however it says it.
