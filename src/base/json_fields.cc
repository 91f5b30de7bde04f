#include "base/json_fields.h"

#include <fmt/format.h>

#include "base/not_json.h"
#include "base/text.h"

namespace reelbatch::base {
namespace {

/// Enough of a value to find it again.
template <class J>
std::string Shown(const J& value) {
  constexpr size_t kMost = 40;
  const std::string text = value.dump(-1, ' ', false, J::error_handler_t::replace);
  return text.size() <= kMost ? text : ValidUtf8(text.substr(0, kMost)) + "...";
}

template <class Number>
std::string InRange(std::string_view what, Number least, Number most, Number unbounded) {
  if (most == unbounded) return fmt::format("{} from {}", what, least);
  return fmt::format("{} from {} to {}", what, least, most);
}

}  // namespace

template <class J>
BasicJsonFields<J>::BasicJsonFields(const J& object, std::string name, std::string path,
                                    std::optional<Error>& error)
    : object_(&object), name_(std::move(name)), path_(std::move(path)), error_(&error) {
  if (object.is_object() || error) return;
  std::string message = "must be an object";
  if (!object.is_null()) message += ", but is " + Shown(object);
  error = Error{Code::kCorrupt, std::move(message),
                path_.empty() ? name_ : fmt::format("{}: {}", name_, path_)};
}

template <class J>
BasicJsonFields<J> BasicJsonFields<J>::Below(const J& object, std::string path) const {
  return {object, name_, std::move(path), *error_};
}

template <class J>
std::string BasicJsonFields<J>::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

template <class J>
bool BasicJsonFields<J>::Has(std::string_view key) const {
  return object_->is_object() && object_->contains(std::string(key));
}

template <class J>
const J& BasicJsonFields<J>::At(std::string_view key) const {
  static const J null(nullptr);
  if (!object_->is_object()) return null;
  const auto found = object_->find(std::string(key));
  return found == object_->end() ? null : *found;
}

template <class J>
void BasicJsonFields<J>::Fail(std::string_view key, std::string_view message) {
  if (*error_) return;
  *error_ = Error{Code::kCorrupt, std::string(message), fmt::format("{}: {}", name_, PathOf(key))};
}

template <class J>
void BasicJsonFields<J>::Reject(std::string_view key, std::string_view expected) {
  if (*error_) return;
  Fail(key, Has(key) ? fmt::format("must be {}, but is {}", expected, Shown(At(key)))
                     : fmt::format("is missing; it must be {}", expected));
}

template <class J>
std::string BasicJsonFields<J>::Text(std::string_view key) {
  const J& value = At(key);
  if (value.is_string()) return value.template get<std::string>();
  Reject(key, "a text");
  return {};
}

template <class J>
std::string BasicJsonFields<J>::TextOr(std::string_view key, std::string missing) {
  return At(key).is_null() ? std::move(missing) : Text(key);
}

template <class J>
std::optional<std::string> BasicJsonFields<J>::TextOrNull(std::string_view key) {
  if (At(key).is_null()) return std::nullopt;
  return Text(key);
}

template <class J>
int64_t BasicJsonFields<J>::Integer(std::string_view key, int64_t least, int64_t most) {
  const J& value = At(key);
  const bool whole = value.is_number_integer() &&
                     (!value.is_number_unsigned() || value.template get<uint64_t>() <= kMost);
  const int64_t number = whole ? value.template get<int64_t>() : 0;
  if (whole && number >= least && number <= most) return number;
  constexpr std::string_view kWhat = "a whole number";
  Reject(key, least == kLeast ? std::string(kWhat) : InRange(kWhat, least, most, kMost));
  return 0;
}

template <class J>
std::optional<int64_t> BasicJsonFields<J>::IntegerOrNull(std::string_view key) {
  if (At(key).is_null()) return std::nullopt;
  return Integer(key);
}

template <class J>
double BasicJsonFields<J>::Number(std::string_view key, double least, double most) {
  const J& value = At(key);
  const double number = value.is_number() ? value.template get<double>() : 0;
  if (value.is_number() && number >= least && number <= most) return number;
  constexpr std::string_view kWhat = "a number";
  Reject(key, least == -kInfinity ? std::string(kWhat) : InRange(kWhat, least, most, kInfinity));
  return 0;
}

template <class J>
std::optional<double> BasicJsonFields<J>::NumberOrNull(std::string_view key, double least,
                                                       double most) {
  if (At(key).is_null()) return std::nullopt;
  return Number(key, least, most);
}

template <class J>
bool BasicJsonFields<J>::Flag(std::string_view key) {
  const J& value = At(key);
  if (value.is_boolean()) return value.template get<bool>();
  Reject(key, "true or false");
  return false;
}

template <class J>
bool BasicJsonFields<J>::FlagOr(std::string_view key, bool missing) {
  return At(key).is_null() ? missing : Flag(key);
}

template <class J>
std::vector<std::string> BasicJsonFields<J>::Texts(std::string_view key) {
  std::vector<std::string> texts;
  const J& list = At(key);
  bool sound = list.is_array();
  for (size_t k = 0; sound && k < list.size(); ++k) {
    sound = list[k].is_string();
    if (sound) texts.push_back(list[k].template get<std::string>());
  }
  if (!sound) Reject(key, "a list of texts");
  return texts;
}

template <class J>
std::vector<double> BasicJsonFields<J>::NumbersIfAny(std::string_view key, double least,
                                                     double most) {
  std::vector<double> numbers;
  const J& list = At(key);
  bool sound = list.is_array() || list.is_null();
  for (size_t k = 0; sound && k < list.size(); ++k) {
    sound = list[k].is_number();
    if (sound) numbers.push_back(list[k].template get<double>());
    sound = sound && numbers.back() >= least && numbers.back() <= most;
  }
  if (!sound) Reject(key, InRange("a list of numbers", least, most, kInfinity));
  return numbers;
}

template <class J>
BasicJsonFields<J> BasicJsonFields<J>::Object(std::string_view key) {
  if (!Has(key)) Reject(key, "an object");
  return Below(At(key), PathOf(key));
}

template <class J>
std::vector<BasicJsonFields<J>> BasicJsonFields<J>::ObjectIfAny(std::string_view key) {
  std::vector<BasicJsonFields> object;
  if (!At(key).is_null()) object.push_back(Object(key));
  return object;
}

template <class J>
std::vector<BasicJsonFields<J>> BasicJsonFields<J>::Objects(std::string_view key) {
  std::vector<BasicJsonFields> objects;
  const J& list = At(key);
  if (!list.is_array()) {
    Reject(key, "a list");
    return objects;
  }
  const std::string path = PathOf(key);
  objects.reserve(list.size());
  for (size_t k = 0; k < list.size(); ++k)
    objects.push_back(Below(list[k], fmt::format("{}[{}]", path, k)));
  return objects;
}

template <class J>
std::vector<BasicJsonFields<J>> BasicJsonFields<J>::ObjectsIfAny(std::string_view key) {
  return At(key).is_null() ? std::vector<BasicJsonFields>() : Objects(key);
}

template <class J>
std::vector<std::pair<std::string, BasicJsonFields<J>>> BasicJsonFields<J>::Members() {
  std::vector<std::pair<std::string, BasicJsonFields>> members;
  if (!object_->is_object()) return members;
  for (const auto& [name, value] : object_->items())
    members.emplace_back(name, Below(value, PathOf(name)));
  return members;
}

template class BasicJsonFields<Json>;
template class BasicJsonFields<SortedJson>;

Result<Json> ParseObject(std::string_view text, std::string_view name) {
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return base::Fail(Code::kCorrupt, WhyNotJson(text).value_or("is not valid JSON"),
                      std::string(name));
  }
  std::optional<Error> error;
  const JsonFields fields(document, std::string(name), error);
  if (error) return std::unexpected(*error);
  return document;
}

Result<Json> ParseDocument(std::string_view text, std::string_view name, std::string_view schema) {
  auto document = ParseObject(text, name);
  if (!document) return document;
  std::optional<Error> error;
  JsonFields fields(*document, std::string(name), error);
  if (fields.Text("schema") != schema) fields.Reject("schema", fmt::format("'{}'", schema));
  if (error) return std::unexpected(*error);
  return document;
}

}  // namespace reelbatch::base
