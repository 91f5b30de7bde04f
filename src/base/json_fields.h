#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "base/result.h"

namespace reelbatch::base {

/// Reads the fields of one JSON object and keeps the first error: a field that is missing, has
/// another type or is out of range.
///
/// The context of an error is the file and the path of the field, "cuts.json: events[3].frame"; its
/// message has the expected and the actual value: "must be a whole number, but is 1.5". After an
/// error every getter returns a default, so that a parser needs one check at its end. The getters
/// that end in Or, OrNull or IfAny accept null for a missing field. Ranges include both bounds.
/// Threads: one. It must not outlive the document and its error.
template <class J>
class BasicJsonFields {
 public:
  static constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  /// `name` is the file, for errors.
  BasicJsonFields(const J& document, std::string name, std::optional<Error>& error)
      : BasicJsonFields(document, std::move(name), "", error) {}

  const J& json() const { return *object_; }
  bool Has(std::string_view key) const;
  /// null if the field is missing.
  const J& At(std::string_view key) const;

  std::string Text(std::string_view key);
  std::string TextOr(std::string_view key, std::string missing);
  std::optional<std::string> TextOrNull(std::string_view key);
  int64_t Integer(std::string_view key, int64_t least = kLeast, int64_t most = kMost);
  std::optional<int64_t> IntegerOrNull(std::string_view key);
  double Number(std::string_view key, double least = -kInfinity, double most = kInfinity);
  std::optional<double> NumberOrNull(std::string_view key, double least = -kInfinity,
                                     double most = kInfinity);
  bool Flag(std::string_view key);
  bool FlagOr(std::string_view key, bool missing);
  std::vector<std::string> Texts(std::string_view key);
  /// Empty if the list is missing.
  std::vector<double> NumbersIfAny(std::string_view key, double least, double most);
  BasicJsonFields Object(std::string_view key);
  /// One object; none if it is missing.
  std::vector<BasicJsonFields> ObjectIfAny(std::string_view key);
  std::vector<BasicJsonFields> Objects(std::string_view key);
  std::vector<BasicJsonFields> ObjectsIfAny(std::string_view key);
  /// Every field of this object, which are all objects, by its name.
  std::vector<std::pair<std::string, BasicJsonFields>> Members();

  /// The value of a field is not acceptable: "must be `expected`, but is 3", or "is missing; ...".
  void Reject(std::string_view key, std::string_view expected);
  /// The same in other words.
  void Fail(std::string_view key, std::string_view message);

 private:
  BasicJsonFields(const J& object, std::string name, std::string path, std::optional<Error>& error);
  std::string PathOf(std::string_view key) const;
  BasicJsonFields Below(const J& object, std::string path) const;

  const J* object_;
  std::string name_;
  std::string path_;
  std::optional<Error>* error_;
};

extern template class BasicJsonFields<Json>;
extern template class BasicJsonFields<SortedJson>;
using JsonFields = BasicJsonFields<Json>;
using SortedJsonFields = BasicJsonFields<SortedJson>;

/// Parses a document that is an object. Errors: corrupt (not JSON, with the line where it
/// ends; not an object).
Result<Json> ParseObject(std::string_view text, std::string_view name);
/// The same for one whose "schema" is `schema`.
Result<Json> ParseDocument(std::string_view text, std::string_view name, std::string_view schema);

/// Returns the result of `read` for the fields of a document, or the first error. Errors: as
/// ParseObject().
template <class Read>
auto ReadObject(std::string_view text, std::string_view name, Read&& read)
    -> Result<decltype(read(std::declval<JsonFields&>()))> {
  const auto document = ParseObject(text, name);
  if (!document) return std::unexpected(document.error());
  std::optional<Error> error;
  JsonFields fields(*document, std::string(name), error);
  auto value = std::forward<Read>(read)(fields);
  if (error) return std::unexpected(*std::move(error));
  return value;
}

}  // namespace reelbatch::base
