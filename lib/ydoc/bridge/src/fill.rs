//! Builds what a notebook is made of: cells, outputs, metadata. Keys go in one by one, in the order that `@jupyter/ydoc` and their alphabet give: a map
//! in one piece would be numbered in random order.

use serde_json::Value;
use yrs::{Any, Array, ArrayPrelim, ArrayRef, Doc, Map, MapPrelim, MapRef, ReadTxn, TextPrelim, Transact, TransactionMut};

pub fn fill(doc: &Doc, json: &str) -> Result<(), String> {
    let notebook: Value = serde_json::from_str(json).map_err(|error| format!("this is no JSON: {error}"))?;
    let cells = notebook.get("cells").and_then(Value::as_array).ok_or("a notebook has a list 'cells'")?;
    let meta = doc.get_or_insert_map("meta");
    let ycells = doc.get_or_insert_array("cells");
    let mut txn = doc.transact_mut();
    if !txn.state_vector().is_empty() {
        return Err("only an empty document can be filled".into());
    }
    for key in ["nbformat", "nbformat_minor"] {
        let version = notebook.get(key).filter(|version| version.is_u64()).ok_or(format!("a notebook has a number '{key}'"))?;
        meta.insert(&mut txn, key, any_of(version)?);
    }
    let metadata = meta.insert(&mut txn, "metadata", MapPrelim::default());
    fill_map(&mut txn, &metadata, notebook.get("metadata"))?;
    // The last one first: yrs looks for a place from the beginning, so that 100,000 cells from there to the end would take minutes.
    for (at, cell) in cells.iter().enumerate().rev() {
        insert_cell(&mut txn, &ycells, 0, cell).map_err(|what| format!("cells[{at}]: {what}"))?;
    }
    Ok(())
}

pub fn insert_cell(txn: &mut TransactionMut, cells: &ArrayRef, at: u32, cell: &Value) -> Result<(), String> {
    let text = |key: &str| cell.get(key).and_then(Value::as_str).map(str::to_owned).ok_or(format!("has no text '{key}'"));
    let (kind, id, source) = (text("cell_type")?, text("id")?, joined(cell.get("source")));
    let ycell = cells.insert(txn, at, MapPrelim::default());
    ycell.insert(txn, "source", TextPrelim::new(source));
    let metadata = ycell.insert(txn, "metadata", MapPrelim::default());
    fill_map(txn, &metadata, cell.get("metadata"))?;
    ycell.insert(txn, "cell_type", kind.clone());
    ycell.insert(txn, "id", id);
    if kind == "code" {
        let outputs = ycell.insert(txn, "outputs", ArrayPrelim::default());
        for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
            add_output(txn, &outputs, output)?;
        }
        ycell.insert(txn, "execution_count", any_of(cell.get("execution_count").unwrap_or(&Value::Null))?);
        ycell.insert(txn, "execution_state", "idle");
    } else if let Some(attachments) = cell.get("attachments").filter(|attachments| !attachments.is_null()) {
        ycell.insert(txn, "attachments", any_of(attachments)?);
    }
    Ok(())
}

pub fn add_output(txn: &mut TransactionMut, outputs: &ArrayRef, output: &Value) -> Result<(), String> {
    let fields = output.as_object().ok_or("has an output that is no object")?;
    let stream = fields.get("output_type").and_then(Value::as_str) == Some("stream");
    let youtput = outputs.push_back(txn, MapPrelim::default());
    for (key, value) in fields {
        if stream && key == "text" {
            youtput.insert(txn, key.as_str(), TextPrelim::new(joined(Some(value))));
        } else {
            youtput.insert(txn, key.as_str(), any_of(value)?);
        }
    }
    Ok(())
}

fn fill_map(txn: &mut TransactionMut, map: &MapRef, from: Option<&Value>) -> Result<(), String> {
    for (key, value) in from.and_then(Value::as_object).into_iter().flatten() {
        map.insert(txn, key.as_str(), any_of(value)?);
    }
    Ok(())
}

/// nbformat's "multi-line string": a text, or its lines.
pub fn joined(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

pub fn any_of(value: &Value) -> Result<Any, String> {
    serde_json::from_value(value.clone()).map_err(|error| format!("a document cannot hold {value:.60}: {error}"))
}
