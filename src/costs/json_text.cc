#include "costs/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace reelbatch::costs {
namespace {

using Json = nlohmann::json;

/// Takes every value and keeps none, to learn where the text breaks.
struct PlaceOfError final : nlohmann::json_sax<Json> {
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
    at = position;
    return false;
  }

  size_t at = 0;
};

}  // namespace

int JsonDepth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool quoted = false;
  for (size_t k = 0; k < text.size(); ++k) {
    const char letter = text[k];
    if (quoted) {
      if (letter == '\\') ++k;
      quoted = letter != '"';
    } else if (letter == '"') {
      quoted = true;
    } else if (letter == '[' || letter == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (letter == ']' || letter == '}') {
      --depth;
    }
  }
  return deepest;
}

std::optional<int64_t> BrokenLine(std::string_view text) {
  PlaceOfError place;
  if (Json::sax_parse(text, &place)) return std::nullopt;
  const std::string_view sound = text.substr(0, place.at > 0 ? place.at - 1 : 0);
  return std::ranges::count(sound, '\n') + 1;
}

}  // namespace reelbatch::costs
