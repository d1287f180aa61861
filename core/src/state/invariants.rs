//! What must hold of every state, and of every step from one state to the next.
