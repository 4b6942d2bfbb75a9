#include "lib/jupyter/nbformat.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace allmende::jupyter {
namespace {

bool isText(const json::value& value) {
  if (value.is_string()) return true;
  return value.is_array() && std::ranges::all_of(value.get_array(), [](const json::value& line) { return line.is_string(); });
}

std::optional<std::string> findBundleFault(const json::object& output) {
  const auto* data = output.if_contains("data");
  if (data == nullptr || !data->is_object()) return "data must be an object of media types";
  return std::nullopt;
}

std::optional<std::string> findOutputFault(const json::value& value) {
  if (!value.is_object()) return fmt::format("must be an object, not {}", kindOf(value));
  const auto& output = value.get_object();
  const auto* type = findString(output, "output_type");
  if (type == nullptr) return "has no output_type";
  if (*type == "stream") {
    const auto* text = output.if_contains("text");
    if (text == nullptr || !isText(*text)) return "text must be a string or a list of strings";
    return findString(output, "name") == nullptr ? std::optional<std::string>("has no stream name") : std::nullopt;
  }
  if (*type == "display_data" || *type == "execute_result") return findBundleFault(output);
  if (*type == "error") return std::nullopt;
  return fmt::format("has the unknown output_type '{}'", std::string_view(*type).substr(0, 40));
}

std::optional<std::string> findCellFault(const json::value& value) {
  if (!value.is_object()) return fmt::format("must be an object, not {}", kindOf(value));
  const auto& cell = value.get_object();
  const auto* type = findString(cell, "cell_type");
  if (type == nullptr) return "has no cell_type";
  if (*type != "code" && *type != "markdown" && *type != "raw")
    return fmt::format("has the unknown cell_type '{}'", std::string_view(*type).substr(0, 40));
  const auto* source = cell.if_contains("source");
  if (source == nullptr || !isText(*source)) return "source must be a string or a list of strings";
  const auto* metadata = cell.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return "metadata must be an object";
  if (*type != "code") return std::nullopt;
  const auto* outputs = cell.if_contains("outputs");
  if (outputs == nullptr || !outputs->is_array()) return "outputs must be a list";
  for (std::size_t i = 0; i < outputs->get_array().size(); ++i) {
    if (auto fault = findOutputFault(outputs->get_array()[i])) return fmt::format("output {} {}", i + 1, *fault);
  }
  return std::nullopt;
}

// "a\nb" → ["a\n", "b"]: how notebooks on disk keep long texts, so that line-wise tools see lines.
json::value splitLines(const json::value& value) {
  if (!value.is_string()) return value;
  const std::string_view text(value.get_string());
  json::array lines;
  for (std::size_t from = 0; from < text.size();) {
    const auto newline = text.find('\n', from);
    const auto till = newline == std::string_view::npos ? text.size() : newline + 1;
    lines.push_back(json::string(text.substr(from, till - from)));
    from = till;
  }
  return lines;
}

// ["a\n", "b"] → "a\nb"; anything else as it is.
json::value joinLines(const json::value& value) {
  if (!value.is_array() || !isText(value)) return value;
  json::string text;
  for (const auto& line : value.get_array()) text += line.get_string();
  return text;
}

using Lines = json::value (*)(const json::value&);  // splitLines or joinLines

void changeBundle(json::object& data, Lines change) {
  for (auto& member : data) {
    const std::string_view type = member.key();
    const bool isJson = type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
    if (!isJson) member.value() = change(member.value());
  }
}

void changeOutput(json::object& output, Lines change) {
  if (auto* text = output.if_contains("text")) *text = change(*text);
  if (auto* data = output.if_contains("data"); data != nullptr && data->is_object()) changeBundle(data->get_object(), change);
}

void changeCell(json::object& cell, Lines change) {
  if (auto* source = cell.if_contains("source")) *source = change(*source);
  if (auto* outputs = cell.if_contains("outputs"); outputs != nullptr && outputs->is_array()) {
    for (auto& output : outputs->get_array()) {
      if (output.is_object()) changeOutput(output.get_object(), change);
    }
  }
  if (auto* attachments = cell.if_contains("attachments"); attachments != nullptr && attachments->is_object()) {
    for (auto& attachment : attachments->get_object()) {
      if (attachment.value().is_object()) changeBundle(attachment.value().get_object(), change);
    }
  }
}

void changeNotebook(json::object& notebook, Lines change) {
  auto* cells = notebook.if_contains("cells");
  if (cells == nullptr || !cells->is_array()) return;
  for (auto& cell : cells->get_array()) {
    if (cell.is_object()) changeCell(cell.get_object(), change);
  }
}

// As Python writes it: 0.1, 1.0, 1e-05, 1e+16. A notebook that is saved again differs where it was changed, and nowhere else.
std::string numberText(double number) {
  std::array<char, 32> digits{};
  auto* const begin = digits.data();
  auto* const room = begin + digits.size();
  const std::string_view scientific(begin, std::to_chars(begin, room, number, std::chars_format::scientific).ptr);
  const auto mark = scientific.rfind('e');
  int exponent = 0;
  std::from_chars(scientific.data() + mark + (scientific[mark + 1] == '+' ? 2 : 1), scientific.data() + scientific.size(), exponent);
  if (exponent < -4 || exponent >= 16) return std::string(scientific);
  std::string text(begin, std::to_chars(begin, room, number, std::chars_format::fixed).ptr);
  return text.contains('.') ? text : text + ".0";
}

void writePretty(std::string& to, const json::value& value, std::size_t depth) {
  const auto line = [&](std::size_t indent) { to.append("\n").append(indent, ' '); };
  if (value.is_object() && !value.get_object().empty()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : value.get_object()) members.push_back(&member);
    std::ranges::sort(members, {}, [](const json::key_value_pair* member) { return std::string_view(member->key()); });
    to += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) to += ',';
      line(depth + 1);
      to += json::serialize(json::string(members[i]->key()));
      to += ": ";
      writePretty(to, members[i]->value(), depth + 1);
    }
    line(depth);
    to += '}';
  } else if (value.is_array() && !value.get_array().empty()) {
    to += '[';
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      if (i > 0) to += ',';
      line(depth + 1);
      writePretty(to, value.get_array()[i], depth + 1);
    }
    line(depth);
    to += ']';
  } else {
    to += value.is_double() ? numberText(value.get_double()) : json::serialize(value);
  }
}

}  // namespace

Result<json::object> readNotebook(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return fail(Code::InvalidInput, "the notebook is empty: the file holds no bytes of a notebook");
  TRY(auto value, during("the notebook cannot be read", parseJson(text, kNotebookDepth)));
  if (!value.is_object()) return fail(Code::InvalidInput, "the notebook must be a JSON object, not {}", kindOf(value));
  TRY(checkNotebookFormat(value.get_object()));
  return std::move(value.get_object());
}

Result<> checkNotebookFormat(const json::object& notebook) {
  const auto* major = notebook.if_contains("nbformat");
  if (major == nullptr || !major->is_int64()) return fail(Code::InvalidInput, "this is no notebook: it has no nbformat number");
  if (major->get_int64() > 4)
    return fail(Code::InvalidInput, "the notebook has format {}, newer than the 4 this server knows", major->get_int64());
  if (major->get_int64() < 4) {
    return fail(Code::InvalidInput,
        "the notebook has the old format {}; open and save it once with Jupyter 4 or later (jupyter nbconvert --to notebook)",
        major->get_int64());
  }
  return {};
}

std::optional<std::string> findNotebookFault(const json::object& notebook) {
  const auto* metadata = notebook.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return "metadata must be an object";
  const auto* cells = notebook.if_contains("cells");
  if (cells == nullptr || !cells->is_array()) return "cells must be a list";
  for (std::size_t i = 0; i < cells->get_array().size(); ++i) {
    if (auto fault = findCellFault(cells->get_array()[i])) return fmt::format("cell {}: {}", i + 1, *fault);
  }
  return std::nullopt;
}

std::string writeNotebook(const json::object& notebook) {
  json::object split = notebook;
  changeNotebook(split, splitLines);
  std::string text;
  writePretty(text, split, 0);
  text += '\n';
  return text;
}

void joinNotebookLines(json::object& notebook) { changeNotebook(notebook, joinLines); }

json::object makeNotebook() {
  return {{"cells", json::array{}}, {"metadata", json::object{}}, {"nbformat", 4}, {"nbformat_minor", kNewestMinor}};
}

}  // namespace allmende::jupyter
