//! A static library that uses `cosim-core` without an operating system: it brings its own panic handler and its own
//! allocator. If anything in the dependency tree links `std`, there are two panic handlers and the build fails
//! (`found duplicate lang item panic_impl`). Nobody runs it; that it builds is the test.

#![no_std]
#![expect(unsafe_code, reason = "a global allocator and an exported function cannot be had without it")]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use core::ptr::null_mut;
use cosim_core::real::{AgentSecret, Verifier};
use cosim_core::state::{Source, check_invariants};
use cosim_core::{CoId, FastCrypto, FastHeader, NameTable, NodeState, PeerId, Relationship};

/// An allocator that has no memory.
struct NoMemory;

// SAFETY: it never hands out memory, which is always allowed, so there is none to be given back.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _layout: Layout) -> *mut u8 {
        null_mut()
    }

    unsafe fn dealloc(&self, _pointer: *mut u8, _layout: Layout) {}
}

#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;

#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Uses a bit of everything that needs code from elsewhere: collections, hashing, signatures and JSON.
// SAFETY: no other function of this name is linked with this library.
#[unsafe(no_mangle)]
pub extern "C" fn cosim_no_std_probe() -> bool {
    let mut state = NodeState::<FastCrypto>::default();
    let (id, peer) = (CoId(0), PeerId(0));
    let added = state.add_peer(peer, Relationship::SyncAllOurs, 0);
    let held = state.add_verified_header(id, FastHeader { uniqueness: id.0 }, Source::Peer(peer));
    let read = NodeState::<FastCrypto>::from_json_str("{}", &mut NameTable::new());
    let signer = AgentSecret::from_seed(&[0; 32]).id().signer;
    added.is_ok() && Verifier::new(&signer).is_ok() && held.is_ok() && read.is_err() && check_invariants(&state).is_ok()
}
