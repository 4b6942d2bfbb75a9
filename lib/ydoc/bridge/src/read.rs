//! Reads the shape of `@jupyter/ydoc` 4: root map `meta` (nbformat, nbformat_minor, metadata), root array `cells` of maps, the text of a cell and of a
//! stream output as texts that grow. What is of another shape, as peers can make it, is read as what it is.

use serde_json::{json, Map as JsonMap, Value};
use yrs::branch::BranchPtr;
use yrs::{Array, ArrayRef, Doc, GetString, Map, MapRef, Out, ReadTxn, TextRef, Transact};

/// Beyond this a type is null: what others nest must not exhaust our stack.
const MOST_NESTED: usize = 64;

pub fn notebook(doc: &Doc) -> Result<Value, String> {
    let txn = doc.transact();
    let mut notebook = JsonMap::new();
    let meta = txn.get_map("meta");
    for key in ["metadata", "nbformat", "nbformat_minor"] {
        if let Some(value) = meta.as_ref().and_then(|meta| meta.get(&txn, key)) {
            notebook.insert(key.into(), value_of(value, &txn)?);
        }
    }
    let mut cells = txn.get_array("cells").map_or(Ok(Value::Array(vec![])), |cells| list_of(&cells, &txn, 0))?;
    for cell in cells.as_array_mut().into_iter().flatten() {
        if let Some(outputs) = cell.get_mut("outputs") {
            drop_transient(outputs);
        }
    }
    notebook.insert("cells".into(), cells);
    Ok(Value::Object(notebook))
}

/// What only the live document knows of an output: by which id the kernel changes it.
pub fn drop_transient(outputs: &mut Value) {
    for output in outputs.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        output.remove("transient");
    }
}

/// Of each cell that is one, in order: its id, type and source.
pub fn cells(doc: &Doc) -> Value {
    let txn = doc.transact();
    let list = txn.get_array("cells");
    let told = list.iter().flat_map(|cells| maps_of(cells, &txn)).filter_map(|(_, cell)| {
        let (id, kind) = (text_at(&cell, &txn, "id")?, text_at(&cell, &txn, "cell_type")?);
        Some(json!({"id": id, "type": kind, "source": text_at(&cell, &txn, "source")?}))
    });
    Value::Array(told.collect())
}

/// The maps of a list, each with its place.
pub fn maps_of<T: ReadTxn>(list: &ArrayRef, txn: &T) -> Vec<(u32, MapRef)> {
    if is_text(list, txn) {
        return vec![];
    }
    let places = (0..).zip(list.iter(txn));
    places.filter_map(|(at, one)| one.cast::<MapRef>().ok().map(|map| (at, map))).collect()
}

pub fn text_at<T: ReadTxn>(map: &MapRef, txn: &T, key: &str) -> Option<String> {
    match map.get(txn, key)? {
        Out::YText(text) => Some(text.get_string(txn)),
        Out::Any(yrs::Any::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

pub fn value_of<T: ReadTxn>(out: Out, txn: &T) -> Result<Value, String> {
    value_within(out, txn, 0)
}

fn value_within<T: ReadTxn>(out: Out, txn: &T, depth: usize) -> Result<Value, String> {
    if depth > MOST_NESTED {
        return Ok(Value::Null);
    }
    match out {
        Out::Any(any) => serde_json::to_value(any).map_err(|error| error.to_string()),
        Out::YText(text) => Ok(Value::String(text.get_string(txn))),
        Out::YArray(array) => list_of(&array, txn, depth),
        Out::YMap(map) => map
            .iter(txn)
            .map(|(key, value)| Ok((key.to_owned(), value_within(value, txn, depth + 1)?)))
            .collect::<Result<_, _>>()
            .map(Value::Object),
        _ => Ok(Value::Null),
    }
}

fn list_of<T: ReadTxn>(array: &ArrayRef, txn: &T, depth: usize) -> Result<Value, String> {
    if is_text(array, txn) {
        return Ok(Value::Array(vec![]));
    }
    array.iter(txn).map(|one| value_within(one, txn, depth + 1)).collect::<Result<_, _>>().map(Value::Array)
}

/// An array that somebody wrote letters into, as into a text, is empty: yrs counts them in one way and reads them in another, for ever.
pub fn is_text<T: ReadTxn>(array: &ArrayRef, txn: &T) -> bool {
    !TextRef::from(BranchPtr::from(array.as_ref())).get_string(txn).is_empty()
}
