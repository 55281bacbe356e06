//! What the door refuses, and what reaches Ideogram unharmed.
