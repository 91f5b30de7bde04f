#include "costs/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_text.h"
#include "base/not_json.h"

namespace reelbatch::costs {
namespace {

/// Enough of a value to find it again.
std::string Shown(simdjson::ondemand::value value) {
  constexpr size_t kMost = 40;
  const std::string_view token = value.raw_json_token();
  std::string text(token.substr(0, kMost));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& letter : text) letter = letter < ' ' ? ' ' : letter;
  return text + (token.size() > kMost ? "..." : "");
}

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

std::string JsonPlace::Text() const {
  std::string text(list);
  if (index >= 0) text += fmt::format("[{}]", index);
  if (!name.empty()) text += fmt::format(".{}", name);
  if (!inner.empty()) text += fmt::format(".{}", inner);
  if (inner_index >= 0) text += fmt::format("[{}]", inner_index);
  return text;
}

void JsonLog::Reject(const JsonPlace& where, std::string_view field, std::string_view reason) {
  if (error_) return;
  const std::string place = where.Text();
  std::string context = document_;
  if (!place.empty()) context += ": " + place;
  if (!field.empty()) context += fmt::format("{}{}", place.empty() ? ": " : ".", field);
  error_ = base::Error{base::Code::kCorrupt, std::string(reason), std::move(context)};
}

void JsonLog::RejectBroken(const JsonPlace& where, std::string_view field) {
  broken_ = broken_ || !error_;
  Reject(where, field, "is not valid JSON: correct it, or restore the file from a copy");
}

base::Error JsonLog::ErrorIn(std::string_view text) const {
  base::Error error = *error_;
  if (!broken_) return error;
  if (auto why = base::WhyNotJson(text)) error.message = std::move(*why);
  return error;
}

void JsonLog::Warn(const JsonPlace& where, std::string_view text) {
  const std::string place = where.Text();
  warnings_.push_back(fmt::format("{}: {}{}{}", document_, place, place.empty() ? "" : ": ", text));
}

void JsonLog::WarnOnce(const std::string& what, const JsonPlace& where, std::string_view text) {
  if (warned_.insert(what).second) Warn(where, text);
}

std::string_view JsonMember::Text() {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS)
    Reject("must be a text, but is " + Shown(value));
  return text;
}

bool JsonMember::Flag() {
  bool flag = false;
  if (value.get_bool().get(flag) != simdjson::SUCCESS)
    Reject("must be true or false, but is " + Shown(value));
  return flag;
}

int64_t JsonMember::Whole(int64_t least, int64_t most) {
  int64_t whole = 0;
  if (value.get_int64().get(whole) != simdjson::SUCCESS) {
    Reject("must be a whole number, but is " + Shown(value));
  } else if (whole < least || whole > most) {
    Reject(fmt::format("must be from {} to {}, but is {}", least, most, whole));
  }
  return whole;
}

double JsonMember::Number(double least, double most) {
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) {
    Reject("must be a number, but is " + Shown(value));
  } else if (!(number >= least && number <= most)) {
    Reject(fmt::format("must be from {} to {}, but is {}", least, most, number));
  }
  return number;
}

std::optional<double> JsonMember::NumberOrNone(double least, double most) {
  const std::string_view token = value.raw_json_token();
  bool null = false;
  if (token.starts_with("\"N/A\"") ||
      (token.starts_with('n') && value.is_null().get(null) == simdjson::SUCCESS && null))
    return std::nullopt;
  return Number(least, most);
}

std::string JsonMember::Raw() {
  std::string_view raw;
  if (simdjson::to_json_string(value).get(raw) != simdjson::SUCCESS || !base::Json::accept(raw)) {
    RejectBroken();
    return {};
  }
  if (JsonDepth(raw) > kMostDepth)
    Reject(fmt::format("is nested deeper than {} levels", kMostDepth));
  return std::string(raw);
}

void KeepUnknown(JsonMember& member, UnknownMembers& unknown) {
  const std::string key(member.key);
  if (!unknown.names.insert(key).second) return member.Reject("is given twice; remove one of them");
  const std::string raw = member.Raw();
  if (member.log.failed()) return;
  const std::string kind =
      std::string(member.where.list) + "." + std::string(member.where.inner) + "." + key;
  // What an import kept of a document of the origin is for the export alone.
  const bool ours = key == kV1Extra || key == kOriginExtra;
  if (!ours)
    member.log.WarnOnce(kind, member.where,
                        fmt::format("'{}' is not a known field; it is kept, but not used", key));
  unknown.extra +=
      fmt::format("{}{}: {}", unknown.extra.empty() ? "" : ", ", base::OneLine(key), raw);
}

}  // namespace reelbatch::costs
