//! The seed's JSON shape.
