//! Names at the edge.
