//! What C++ may do with a Yjs document: exchange updates, and read or fill it as a notebook in the shape of `@jupyter/ydoc`.
//!
//! Everything that arrives is untrusted. A fault comes back as an error, never as a panic: a panic below us spoils the replica, which then
//! refuses everything else.

mod notebook;
mod scan;

use std::cell::Cell;
use std::panic::{catch_unwind, AssertUnwindSafe};

use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update};

#[cxx::bridge(namespace = "allmende::ydoc::bridge")]
mod ffi {
    extern "Rust" {
        type Replica;

        /// An empty document whose own changes carry this client number (at most 53 bits).
        fn make_replica(client: u64) -> Result<Box<Replica>>;

        /// Takes in an update (lib0 encoding, version 1). What depends on changes not seen yet waits for them.
        fn apply(self: &mut Replica, update: &[u8]) -> Result<()>;
        fn state_vector(self: &Replica) -> Result<Vec<u8>>;
        /// All changes that the holder of this state vector has not seen; all there are for an empty one.
        fn changes_since(self: &Replica, state_vector: &[u8]) -> Result<Vec<u8>>;
        /// Whether changes wait for others that have not come.
        fn waits(self: &Replica) -> Result<bool>;

        /// As nbformat JSON.
        fn read_notebook(self: &Replica) -> Result<String>;
        /// Fills an empty document from nbformat JSON whose cells have ids. Two replicas with one client number that are filled with one notebook hold
        /// the very same changes. A document that could not be filled is spoilt.
        fn fill_notebook(self: &mut Replica, json: &str) -> Result<()>;
    }
}

pub struct Replica {
    doc: Doc,
    spoilt: Cell<bool>,
}

fn make_replica(client: u64) -> Result<Box<Replica>, String> {
    if client >= 1 << 53 {
        return Err(format!("the client number {client} has more than 53 bits"));
    }
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16; // as Yjs counts
    Ok(Box::new(Replica { doc: Doc::with_options(options), spoilt: Cell::new(false) }))
}

impl Replica {
    /// What `work` gives. A panic is an error and spoils the document.
    fn with<T>(&self, work: impl FnOnce(&Doc) -> Result<T, String>) -> Result<T, String> {
        if self.spoilt.get() {
            return Err("the document was spoilt by an earlier change".into());
        }
        catch_unwind(AssertUnwindSafe(|| work(&self.doc))).unwrap_or_else(|_| {
            self.spoilt.set(true);
            Err("the change breaks the document".into())
        })
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), String> {
        self.with(|doc| {
            scan::update(update).map_err(|what| format!("this is no update of a notebook: {what}"))?;
            let update = Update::decode_v1(update).map_err(|error| format!("this is no Yjs update: {error}"))?;
            doc.transact_mut().apply_update(update).map_err(|error| format!("this update does not fit: {error}"))
        })
    }

    fn state_vector(&self) -> Result<Vec<u8>, String> {
        self.with(|doc| Ok(doc.transact().state_vector().encode_v1()))
    }

    fn changes_since(&self, state_vector: &[u8]) -> Result<Vec<u8>, String> {
        self.with(|doc| {
            let seen = match state_vector {
                [] => StateVector::default(),
                bytes => scan::state_vector(bytes)
                    .and_then(|()| StateVector::decode_v1(bytes).map_err(|error| error.to_string()))
                    .map_err(|what| format!("this is no Yjs state vector: {what}"))?,
            };
            Ok(doc.transact().encode_state_as_update_v1(&seen))
        })
    }

    fn waits(&self) -> Result<bool, String> {
        self.with(|doc| Ok(doc.transact().has_missing_updates()))
    }

    fn read_notebook(&self) -> Result<String, String> {
        self.with(|doc| notebook::read(doc).map(|value| value.to_string()))
    }

    fn fill_notebook(&mut self, json: &str) -> Result<(), String> {
        let filled = self.with(|doc| notebook::fill(doc, json));
        if filled.is_err() {
            self.spoilt.set(true); // half a notebook is none
        }
        filled
    }
}
