#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::base {

/// Keeps the order in which members are set.
using Json = nlohmann::ordered_json;
/// Sorts members by name: for documents with sorted members, and for text that is hashed.
using SortedJson = nlohmann::json;

/// A document for people and tools: two spaces, a newline at the end, invalid UTF-8 as U+FFFD,
/// numbers with the fewest digits that read back the same.
std::string Pretty(const Json& document);
/// On one line, without a newline.
std::string OneLine(const Json& document);

/// Pretty() for an object with a list that does not fit into memory, in parts: the same bytes.
///
/// The parts are Begin(), Next() of every element in their order, and End(). Threads: one.
class PrettyList {
 public:
  /// `list` is the name of a member of `document`, an array without elements: it is the place of
  /// the list.
  PrettyList(const Json& document, std::string_view list);

  const std::string& Begin() const { return begin_; }
  std::string Next(const Json& element);
  std::string End() const;

 private:
  std::string begin_;
  std::string end_;
  bool empty_ = true;
};

/// The double with the fewest digits that still reads back as `value`: 0.98f becomes 0.98, not
/// 0.980000019.
double Shortest(float value);

/// The double nearest to `value` written with `decimals` digits after the point, for documents that
/// people read: 0.1 + 0.2 to six decimals is 0.3. Rounding it again changes nothing.
double Rounded(double value, int decimals);

/// null if the text is empty.
Json TextOrNull(const std::string& text);

template <class T>
Json ValueOrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// The line, counted from 1, in which a text stops being JSON; none if it is JSON.
std::optional<int64_t> BrokenLine(std::string_view text);

}  // namespace reelbatch::base
