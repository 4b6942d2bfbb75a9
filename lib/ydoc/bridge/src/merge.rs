//! Makes a document equal to a notebook by small changes, so that what others change at the same time in other places stays.

use std::collections::{HashMap, HashSet};

use serde_json::{Map as JsonMap, Value};
use yrs::{Array, ArrayRef, Doc, GetString, Map, MapPrelim, MapRef, Out, Text, TextPrelim, TransactionMut};

use crate::fill::{add_output, any_of, insert_cell, joined};
use crate::read::{drop_transient, maps_of, text_at, value_of};
use crate::run::clear;
use crate::text;

pub struct Roots {
    meta: MapRef,
    cells: ArrayRef,
}

impl Roots {
    pub fn of(doc: &Doc) -> Roots {
        Roots { meta: doc.get_or_insert_map("meta"), cells: doc.get_or_insert_array("cells") }
    }
}

pub fn become_notebook(txn: &mut TransactionMut, roots: &Roots, wanted: &Value) -> Result<(), String> {
    let cells = wanted.get("cells").and_then(Value::as_array).ok_or("a notebook has a list 'cells'")?;
    for key in ["nbformat", "nbformat_minor"] {
        set(txn, &roots.meta, key, wanted.get(key))?;
    }
    become_map(txn, &roots.meta, "metadata", wanted.get("metadata"))?;
    let kept = keep(txn, &roots.cells, cells);
    // From the end, as in fill: a new cell's place is behind those that stay and come before it.
    let mut before = kept.len() as u32;
    for (at, cell) in cells.iter().enumerate().rev() {
        let done = match kept.get(&id_of(cell)) {
            Some(map) => {
                before = before.saturating_sub(1); // of two cells with one id one stays
                become_cell(txn, map, cell)
            }
            None => insert_cell(txn, &roots.cells, before, cell),
        };
        done.map_err(|what| format!("cells[{at}]: {what}"))?;
    }
    Ok(())
}

fn id_of(cell: &Value) -> String {
    joined(cell.get("id"))
}

/// Deletes the cells that are not wanted, or in another place; returns the others, which stand in the wanted order, by their id.
fn keep(txn: &mut TransactionMut, cells: &ArrayRef, wanted: &[Value]) -> HashMap<String, MapRef> {
    let mut places: HashMap<(String, String), (u32, MapRef)> = HashMap::new();
    for (at, map) in maps_of(cells, txn) {
        if let (Some(id), Some(kind)) = (text_at(&map, txn, "id"), text_at(&map, txn, "cell_type")) {
            places.entry((id, kind)).or_insert((at, map));
        }
    }
    let known: Vec<_> = wanted
        .iter()
        .filter_map(|cell| places.get(&(id_of(cell), joined(cell.get("cell_type")))).map(|place| (id_of(cell), place)))
        .collect();
    let stay = longest_rising(&known.iter().map(|(_, (at, _))| *at).collect::<Vec<_>>());
    let kept: HashMap<String, MapRef> = stay.iter().map(|&index| (known[index].0.clone(), known[index].1 .1.clone())).collect();
    let places_kept: HashSet<u32> = stay.iter().map(|&index| known[index].1 .0).collect();
    for at in (0..cells.len(txn)).rev().filter(|at| !places_kept.contains(at)) {
        cells.remove(txn, at);
    }
    kept
}

/// The places in `numbers` of a longest subsequence that rises.
fn longest_rising(numbers: &[u32]) -> Vec<usize> {
    let mut ends: Vec<usize> = vec![]; // of the best subsequence of each length
    let mut before = vec![usize::MAX; numbers.len()];
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|&end| numbers[end] < *number);
        if length > 0 {
            before[at] = ends[length - 1];
        }
        ends.truncate(length.max(ends.len()));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut found = vec![];
    let mut at = ends.last().copied().unwrap_or(usize::MAX);
    while at != usize::MAX {
        found.push(at);
        at = before[at];
    }
    found.reverse();
    found
}

fn become_cell(txn: &mut TransactionMut, cell: &MapRef, wanted: &Value) -> Result<(), String> {
    become_text(txn, cell, "source", &joined(wanted.get("source")));
    become_map(txn, cell, "metadata", wanted.get("metadata"))?;
    if wanted.get("cell_type").and_then(Value::as_str) == Some("code") {
        set(txn, cell, "execution_count", Some(wanted.get("execution_count").unwrap_or(&Value::Null)))?;
        return become_outputs(txn, cell, wanted.get("outputs"));
    }
    set(txn, cell, "attachments", wanted.get("attachments").filter(|attachments| !attachments.is_null()))
}

fn become_text(txn: &mut TransactionMut, map: &MapRef, key: &str, wanted: &str) {
    if let Some(Out::YText(text)) = map.get(txn, key) {
        let old = text.get_string(txn);
        if text.len(txn) == text::utf16_len(&old) {
            for change in text::changes(&old, wanted) {
                text.remove_range(txn, change.at, change.removed);
                text.insert(txn, change.at, &change.inserted);
            }
            return;
        }
    }
    map.insert(txn, key, TextPrelim::new(wanted));
}

/// All outputs are made anew when one differs: they come from one run.
fn become_outputs(txn: &mut TransactionMut, cell: &MapRef, wanted: Option<&Value>) -> Result<(), String> {
    let none = Value::Array(vec![]);
    let wanted = wanted.unwrap_or(&none);
    let mut there = cell.get(txn, "outputs").map_or(Ok(Value::Null), |out| value_of(out, txn))?;
    drop_transient(&mut there);
    if there == *wanted {
        return Ok(());
    }
    clear(txn, cell);
    let Some(Out::YArray(outputs)) = cell.get(txn, "outputs") else { return Ok(()) };
    for output in wanted.as_array().into_iter().flatten() {
        add_output(txn, &outputs, output)?;
    }
    Ok(())
}

/// The map under `key`, made when something else is there, with exactly the members of `wanted`.
fn become_map(txn: &mut TransactionMut, within: &MapRef, key: &str, wanted: Option<&Value>) -> Result<(), String> {
    let map = match within.get(txn, key) {
        Some(Out::YMap(map)) => map,
        _ => within.insert(txn, key, MapPrelim::default()),
    };
    let none = JsonMap::new();
    let wanted = wanted.and_then(Value::as_object).unwrap_or(&none);
    let mut gone: Vec<String> = map.keys(txn).filter(|key| !wanted.contains_key(*key)).map(str::to_owned).collect();
    gone.sort(); // a map's own order is random, and the same merge must be the same change
    for key in gone {
        map.remove(txn, &key);
    }
    for (key, value) in wanted {
        set(txn, &map, key, Some(value))?;
    }
    Ok(())
}

/// Puts a value there unless it is there; nothing takes it away.
pub fn set(txn: &mut TransactionMut, map: &MapRef, key: &str, wanted: Option<&Value>) -> Result<(), String> {
    let there = map.get(txn, key).map(|out| value_of(out, txn)).transpose()?;
    if there.as_ref() == wanted {
        return Ok(());
    }
    match wanted {
        Some(value) => {
            map.insert(txn, key, any_of(value)?);
        }
        None => {
            map.remove(txn, key);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::longest_rising;

    #[test]
    fn the_longest_rising_subsequence_is_found() {
        let rising = |numbers: &[u32]| longest_rising(numbers).iter().map(|&at| numbers[at]).collect::<Vec<_>>();
        assert_eq!(rising(&[]), Vec::<u32>::new());
        assert_eq!(rising(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(rising(&[2, 0, 1, 3]), [0, 1, 3]);
        assert_eq!(rising(&[3, 2, 1]).len(), 1);
        assert_eq!(rising(&[1, 2, 0, 3, 4]), [1, 2, 3, 4]);
    }
}
