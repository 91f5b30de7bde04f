#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace reelbatch::costs {

/// Limit for the nesting of documents, because processing needs stack for every level.
inline constexpr int kMostDepth = 64;

/// The nesting depth of lists and objects: 0 for a number, 1 for []. For text that is not
/// JSON, the result has no meaning.
int JsonDepth(std::string_view text);

/// Members that importing adds to the members that it has read.
inline constexpr std::string_view kV1Extra = "v1";
inline constexpr std::string_view kOriginExtra = "origin";

/// A place in a document: "rows[3]", "rows[3].points[2]", "devices.seed"; empty: the document
/// itself.
struct JsonPlace {
  std::string_view list = {};
  int64_t index = -1;  // of the list; below 0: `name`
  std::string_view name = {};
  std::string_view inner = {};
  int64_t inner_index = -1;
  std::string Text() const;
};

/// The state of reading one document: the first error, and all warnings. Readers continue silently
/// after an error, so that it is checked in one place.
class JsonLog {
 public:
  explicit JsonLog(std::string_view document) : document_(document) {}

  /// `field` may be empty.
  void Reject(const JsonPlace& where, std::string_view field, std::string_view reason);
  /// For text that is not JSON at this place.
  void RejectBroken(const JsonPlace& where, std::string_view field);
  void Warn(const JsonPlace& where, std::string_view text);
  /// Once for each different `what`.
  void WarnOnce(const std::string& what, const JsonPlace& where, std::string_view text);

  bool failed() const { return error_.has_value(); }
  bool broken() const { return broken_; }
  const base::Error& error() const { return *error_; }
  /// The error, with the line in which the document `text` stops being JSON, if it does.
  base::Error ErrorIn(std::string_view text) const;
  std::vector<std::string> TakeWarnings() { return std::move(warnings_); }

 private:
  std::string document_;
  std::optional<base::Error> error_;
  bool broken_ = false;
  std::vector<std::string> warnings_;
  std::set<std::string> warned_;
};

/// The value of a member, and how to report an error in it.
struct JsonMember {
  simdjson::ondemand::value value;
  JsonLog& log;
  const JsonPlace& where;
  std::string_view key;

  void Reject(std::string_view reason) { log.Reject(where, key, reason); }
  void RejectBroken() { log.RejectBroken(where, key); }
  std::string_view Text();  // valid as long as the document
  bool Flag();
  int64_t Whole(int64_t least, int64_t most);
  double Number(double least, double most);
  /// None for null and "N/A".
  std::optional<double> NumberOrNone(double least, double most);
  /// As in the document, if it is JSON with at most kMostDepth levels.
  std::string Raw();
};

/// Reads the members of an object: those with a `key` in `entries` by `take(entry, JsonMember&)`,
/// which reads each value once, the others into the JSON object that it returns ("" if there are
/// none). A repeated member is an error. Members in the order of `entries` are found fastest.
/// `seen`: a bit for every existing entry.
template <class Entry, size_t N, class Take>
std::string ReadMembers(simdjson::ondemand::value value, const std::array<Entry, N>& entries,
                        JsonLog& log, const JsonPlace& where, uint64_t& seen, Take&& take);

/// Reads every element of a list: `take(index, value)`.
template <class Take>
void ReadElements(JsonMember& member, Take&& take) {
  simdjson::ondemand::array list;
  if (member.value.get_array().get(list) != simdjson::SUCCESS)
    return member.Reject("must be a list");
  size_t index = 0;
  for (auto element : list) {
    if (member.log.failed()) return;
    simdjson::ondemand::value value;
    if (element.get(value) != simdjson::SUCCESS) return member.RejectBroken();
    take(index++, value);
  }
}

/// Unknown members of one object.
struct UnknownMembers {
  std::string extra;  // "a": 1, "b": 2
  std::set<std::string> names;
};

/// For members that are not in `keys`: warns once, and keeps them. A repeated name is an error.
void KeepUnknown(JsonMember& member, UnknownMembers& unknown);

template <class Entry, size_t N, class Take>
std::string ReadMembers(simdjson::ondemand::value value, const std::array<Entry, N>& entries,
                        JsonLog& log, const JsonPlace& where, uint64_t& seen, Take&& take) {
  static_assert(N <= 64);
  simdjson::ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    log.Reject(where, "", "must be an object");
    return {};
  }
  size_t next = 0;
  UnknownMembers unknown;
  for (auto field : object) {
    if (log.failed()) return {};
    std::string_view key;
    simdjson::ondemand::value inner;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(inner) != simdjson::SUCCESS) {
      log.RejectBroken(where, "");
      return {};
    }
    size_t index = next;
    for (size_t tries = 0; tries < N && entries[index = index < N ? index : 0].key != key; ++tries)
      ++index;
    if (index >= N) index = 0;
    JsonMember member{inner, log, where, key};
    if (entries[index].key != key) {
      KeepUnknown(member, unknown);
      continue;
    }
    if ((seen >> index & 1U) != 0) {
      member.Reject("is given twice; remove one of them");
      return {};
    }
    seen |= uint64_t{1} << index;
    next = index + 1;
    take(entries[index], member);
  }
  return unknown.extra.empty() ? std::move(unknown.extra) : "{" + unknown.extra + "}";
}

}  // namespace reelbatch::costs
