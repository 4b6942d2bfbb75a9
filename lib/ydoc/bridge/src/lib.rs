//! What C++ may do with a Yjs document: exchange updates, and read or fill it as a notebook in the shape of `@jupyter/ydoc`.
//!
//! Everything that arrives is untrusted. A fault comes back as an error, never as a panic: a panic below us spoils the replica, which then
//! refuses everything else.

mod fill;
mod merge;
mod read;
mod run;
mod scan;
mod text;

use std::cell::Cell;
use std::panic::{catch_unwind, AssertUnwindSafe};

use serde_json::Value;
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, MapRef, OffsetKind, Options, ReadTxn, StateVector, Transact, TransactionMut, Update};

#[cxx::bridge(namespace = "allmende::ydoc::bridge")]
mod ffi {
    extern "Rust" {
        type Replica;

        /// An empty document whose own changes carry this client number (at most 53 bits).
        fn make_replica(client: u64) -> Result<Box<Replica>>;

        /// Takes in an update (lib0 encoding, version 1); returns what of it was new here. What depends on changes not seen yet waits for them.
        fn apply(self: &mut Replica, update: &[u8]) -> Result<Vec<u8>>;
        fn load(self: &mut Replica, update: &[u8]) -> Result<()>;
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

        /// Cells as JSON: [{"id", "type", "source"}].
        fn list_cells(self: &Replica) -> Result<String>;

        // What follows changes the document and returns the change as an update, empty when there is none.
        fn become_notebook(self: &mut Replica, json: &str) -> Result<Vec<u8>>;
        fn begin_run(self: &mut Replica, cell: &str) -> Result<Vec<u8>>;
        fn clear_outputs(self: &mut Replica, cell: &str) -> Result<Vec<u8>>;
        fn append_output(self: &mut Replica, cell: &str, json: &str) -> Result<Vec<u8>>;
        /// {"display_id", "data", "metadata"}
        fn update_display(self: &mut Replica, json: &str) -> Result<Vec<u8>>;
        fn end_run(self: &mut Replica, cell: &str, count: &str) -> Result<Vec<u8>>;
    }
}

pub struct Replica {
    doc: Doc,
    spoilt: Cell<bool>,
    tail: run::Tail,
}

/// An update without changes.
const NOTHING: [u8; 2] = [0, 0];

fn parsed(json: &str) -> Result<Value, String> {
    serde_json::from_str(json).map_err(|error| format!("this is no JSON: {error}"))
}

fn make_replica(client: u64) -> Result<Box<Replica>, String> {
    if client >= 1 << 53 {
        return Err(format!("the client number {client} has more than 53 bits"));
    }
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16; // as Yjs counts
    Ok(Box::new(Replica { doc: Doc::with_options(options), spoilt: Cell::new(false), tail: run::Tail::default() }))
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

    /// What `work` changes, as an update. What it has changed when it fails stays, so it has to look first.
    fn change(&self, work: impl FnOnce(&mut TransactionMut) -> Result<(), String>) -> Result<Vec<u8>, String> {
        self.with(|doc| {
            let mut txn = doc.transact_mut();
            work(&mut txn)?;
            let update = txn.encode_update_v1();
            Ok(if update == NOTHING { vec![] } else { update })
        })
    }

    fn change_cell(&self, id: &str, work: impl FnOnce(&mut TransactionMut, &MapRef) -> Result<(), String>) -> Result<Vec<u8>, String> {
        let cells = self.with(|doc| Ok(doc.get_or_insert_array("cells")))?;
        self.change(|txn| run::cell(&cells, txn, id).map_or(Ok(()), |cell| work(txn, &cell)))
    }

    fn apply(&mut self, update: &[u8]) -> Result<Vec<u8>, String> {
        scan::update(update).map_err(|what| format!("this is no update of a notebook: {what}"))?;
        let update = Update::decode_v1(update).map_err(|error| format!("this is no Yjs update: {error}"))?;
        self.change(|txn| txn.apply_update(update).map_err(|error| format!("this update does not fit: {error}")))
    }

    /// The same for an update that was taken in before, by this house: nobody asks what of it is new.
    fn load(&mut self, update: &[u8]) -> Result<(), String> {
        let update = Update::decode_v1(update).map_err(|error| format!("this is no Yjs update: {error}"))?;
        self.with(|doc| doc.transact_mut().apply_update(update).map_err(|error| format!("this update does not fit: {error}")))
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
        self.with(|doc| read::notebook(doc).map(|value| value.to_string()))
    }

    fn fill_notebook(&mut self, json: &str) -> Result<(), String> {
        let filled = self.with(|doc| fill::fill(doc, json));
        if filled.is_err() {
            self.spoilt.set(true); // half a notebook is none
        }
        filled
    }

    fn list_cells(&self) -> Result<String, String> {
        self.with(|doc| Ok(read::cells(doc).to_string()))
    }

    fn become_notebook(&mut self, json: &str) -> Result<Vec<u8>, String> {
        let wanted = parsed(json)?;
        let roots = self.with(|doc| Ok(merge::Roots::of(doc)))?;
        let changed = self.change(|txn| merge::become_notebook(txn, &roots, &wanted));
        if changed.is_err() {
            self.spoilt.set(true); // half of it
        }
        changed
    }

    fn begin_run(&mut self, cell: &str) -> Result<Vec<u8>, String> {
        self.change_cell(cell, run::begin)
    }

    fn clear_outputs(&mut self, cell: &str) -> Result<Vec<u8>, String> {
        self.change_cell(cell, |txn, cell| {
            run::clear(txn, cell);
            Ok(())
        })
    }

    fn append_output(&mut self, cell: &str, json: &str) -> Result<Vec<u8>, String> {
        let output = parsed(json)?;
        let mut tail = std::mem::take(&mut self.tail);
        let changed = self.change_cell(cell, |txn, cell| run::append(txn, cell, &output, &mut tail));
        self.tail = tail;
        changed
    }

    fn update_display(&mut self, json: &str) -> Result<Vec<u8>, String> {
        let wanted = parsed(json)?;
        let cells = self.with(|doc| Ok(doc.get_or_insert_array("cells")))?;
        self.change(|txn| run::update_display(txn, &cells, &wanted))
    }

    fn end_run(&mut self, cell: &str, count: &str) -> Result<Vec<u8>, String> {
        let count = parsed(count)?;
        self.change_cell(cell, |txn, cell| run::end(txn, cell, &count))
    }
}
