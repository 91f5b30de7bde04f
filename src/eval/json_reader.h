#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/truth.h"

namespace reelbatch::eval {

using Json = nlohmann::ordered_json;

/// Errors: corrupt ("NAME: is not valid JSON", "NAME: is not an object").
base::Result<Json> ParseObject(std::string_view text, std::string_view name);

/// The fields of a document that people write by hand. A getter that finds something else throws
/// FieldError; the parser of the document catches it once, at its end.
struct FieldError {
  base::Error error;
};

class Fields {
 public:
  /// `where` is "truth.json" or "truth.json: transitions[3]". `object` outlives this.
  Fields(const Json& object, std::string where);

  bool Has(std::string_view key) const;
  std::string Text(std::string_view key) const;
  int64_t Integer(std::string_view key) const;
  double Number(std::string_view key) const;
  /// None where the key is missing.
  std::vector<Fields> Objects(std::string_view key) const;
  const Json& At(std::string_view key) const;
  [[noreturn]] void Reject(std::string_view key, std::string_view expected) const;

 private:
  const Json* object_;
  std::string where_;
};

/// The field "type" of a transition.
Kind KindOf(const Fields& fields);

}  // namespace reelbatch::eval
