//! Whose call it is: tokens in every state, in every place.
