#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/json_text.h"

namespace reelbatch::store {

/// Reads the fields of one JSON object and remembers the first that is missing or of another type.
///
/// After an error every getter still answers (a default), so that a parser needs one check at its
/// end. Threads: one. Lives no longer than the document and the error it was given.
class JsonFields {
 public:
  /// `where` names file and field for errors: "cuts.json: events[3]".
  JsonFields(const Json& object, std::string where, std::optional<base::Error>& error);

  std::string Text(std::string_view key);
  std::optional<std::string> TextOrNull(std::string_view key);
  int64_t Integer(std::string_view key);
  std::optional<int64_t> IntegerOrNull(std::string_view key);
  double Number(std::string_view key);
  std::optional<double> NumberOrNull(std::string_view key);
  bool Flag(std::string_view key);
  /// `missing` where the key is.
  bool FlagOr(std::string_view key, bool missing);
  std::vector<std::string> Texts(std::string_view key);
  JsonFields Object(std::string_view key);
  /// One object; none where the key is missing or null.
  std::vector<JsonFields> ObjectIfAny(std::string_view key);
  std::vector<JsonFields> Objects(std::string_view key);
  /// None where the key is missing.
  std::vector<JsonFields> ObjectsIfAny(std::string_view key);

  /// Says that a field's value is not acceptable.
  void Reject(std::string_view key, std::string_view expected);

 private:
  const Json& At(std::string_view key);

  const Json* object_;
  std::string where_;
  std::optional<base::Error>* error_;
};

/// Parses a document and checks its "schema". Errors: corrupt (context is `name`, or "name:
/// schema").
base::Result<Json> ParseDocument(std::string_view text, std::string_view name,
                                 std::string_view schema);

}  // namespace reelbatch::store
