#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/json_text.h"
#include "base/result.h"

namespace reelbatch::base {

/// Gets a document value by value and keeps nothing: for documents that do not fit into memory. A
/// reader overrides the functions that it needs; returning false ends the reading.
struct JsonEvents : nlohmann::json_sax<Json> {
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(size_t /*elements*/) override { return true; }
  bool key(string_t& /*name*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*what*/) override {
    broken_at = position;
    return false;
  }

  size_t broken_at = 0;  // the byte, counted from 1, at which the text stops being JSON; 0: nowhere
};

/// Reads a file in blocks. Errors: io; corrupt (not JSON, or `events` ended the reading).
Status ReadJsonEvents(const std::filesystem::path& file, JsonEvents& events);

}  // namespace reelbatch::base
