//! A deterministic simulation testbed for CoJSON sync.
