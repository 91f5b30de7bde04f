#include "costs/origin_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <variant>

namespace reelbatch::costs {
namespace {

const Json& Null() {
  static const Json null(nullptr);
  return null;
}

/// Members by nesting, to find one that is there twice: nlohmann keeps the last and says nothing.
class RepeatFinder {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key && !open_.back().insert(parsed.get<std::string>()).second && !repeated_) {
      repeated_ = parsed.get<std::string>();
    }
    return true;
  }
  const std::optional<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> repeated_;
};

}  // namespace

base::Result<Json> ParseOrigin(std::string_view text, std::string_view name) {
  RepeatFinder finder;
  const Json document = Json::parse(text, std::ref(finder), false);
  if (document.is_discarded()) {
    return base::Fail(base::Code::kCorrupt, "is not whole JSON: write it again, or restore it", std::string(name));
  }
  if (finder.repeated()) {
    return base::Fail(base::Code::kCorrupt, fmt::format("'{}' is there twice in one object; keep one", *finder.repeated()), std::string(name));
  }
  if (!document.is_object()) return base::Fail(base::Code::kCorrupt, "must be an object", std::string(name));
  return document;
}

OriginFields::OriginFields(const Json& object, std::string where, std::optional<base::Error>& error)
    : object_(&object), where_(std::move(where)), error_(&error) {
  if (!object.is_object() && !error) error = base::Error{base::Code::kCorrupt, "must be an object", where_};
}

const Json& OriginFields::At(std::string_view key) const {
  if (!object_->is_object()) return Null();
  const auto found = object_->find(std::string(key));
  return found == object_->end() ? Null() : *found;
}

void OriginFields::Reject(std::string_view key, std::string_view reason) {
  if (!*error_) *error_ = base::Error{base::Code::kCorrupt, std::string(reason), fmt::format("{}.{}", where_, key)};
}

bool OriginFields::Has(std::string_view key) const { return object_->is_object() && object_->contains(std::string(key)); }

std::string OriginFields::Text(std::string_view key) {
  const Json& value = At(key);
  if (value.is_string()) return value.get<std::string>();
  Reject(key, "must be a text");
  return {};
}

std::string OriginFields::TextOr(std::string_view key, std::string missing) {
  return At(key).is_null() ? std::move(missing) : Text(key);
}

int64_t OriginFields::Whole(std::string_view key, int64_t most) {
  const Json& value = At(key);
  if (value.is_number_integer() && value.get<int64_t>() >= 0 && value.get<int64_t>() <= most) return value.get<int64_t>();
  Reject(key, fmt::format("must be a whole number from 0 to {}", most));
  return 0;
}

double OriginFields::Figure(std::string_view key, double most) {
  const Json& value = At(key);
  if (value.is_number() && value.get<double>() >= 0 && value.get<double>() <= most) return value.get<double>();
  Reject(key, fmt::format("must be a number from 0 to {}", most));
  return 0;
}

std::optional<double> OriginFields::FigureOrNone(std::string_view key, double most) {
  const Json& value = At(key);
  if (value.is_null() || value == "N/A") return std::nullopt;
  return Figure(key, most);
}

std::vector<double> OriginFields::Figures(std::string_view key, double most) {
  std::vector<double> figures;
  const Json& list = At(key);
  if (list.is_null()) return figures;
  if (!list.is_array()) Reject(key, "must be a list");
  for (const Json& value : list) {
    if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() <= most)) {
      Reject(key, fmt::format("must hold numbers from 0 to {}", most));
      return {};
    }
    figures.push_back(value.get<double>());
  }
  return figures;
}

OriginFields OriginFields::Object(std::string_view key) {
  static const Json empty = Json::object();
  const Json& value = At(key);
  if (!value.is_object()) Reject(key, "must be an object");
  return {value.is_object() ? value : empty, fmt::format("{}.{}", where_, key), *error_};
}

std::vector<OriginFields> OriginFields::Objects(std::string_view key) {
  std::vector<OriginFields> elements;
  const Json& list = At(key);
  if (!list.is_array()) Reject(key, "must be a list");
  for (size_t k = 0; list.is_array() && k < list.size(); ++k) {
    elements.emplace_back(list[k], fmt::format("{}.{}[{}]", where_, key, k), *error_);
  }
  return elements;
}

void SplitName(const std::string& name, contracts::CostSubject& subject) {
  const size_t point = name.find('.');
  subject.component = point == std::string::npos ? "cut_detection" : name.substr(0, point);
  subject.component_part = point == std::string::npos ? name : name.substr(point + 1);
}

contracts::Knobs KnobsFromJson(OriginFields& fields, std::string_view key) {
  contracts::Knobs knobs;
  if (!fields.Has(key)) return knobs;
  const OriginFields inner = fields.Object(key);
  for (const auto& [name, value] : inner.json().items()) {
    if (value.is_boolean()) {
      knobs[name] = value.get<bool>();
    } else if (value.is_number_integer()) {
      knobs[name] = value.get<int64_t>();
    } else if (value.is_number()) {
      knobs[name] = value.get<double>();
    } else if (value.is_string()) {
      knobs[name] = value.get<std::string>();
    }  // the rest is kept as a difference
  }
  return knobs;
}

Json KnobsToJson(const contracts::Knobs& knobs) {
  Json object = Json::object();
  for (const auto& [name, value] : knobs) std::visit([&](const auto& held) { object[name] = held; }, value);
  return object;
}

Json ValueOrNull(std::optional<double> value) { return value ? Json(*value) : Json(nullptr); }

void KeepDifference(const Json& made, const Json& read, std::string_view key, std::string& extra) {
  const Json patch = Json::diff(made, read);
  if (patch.empty()) return;
  // As the reader of our tables keeps what it does not know.
  extra = fmt::format("{{{}: {}}}", Json(key).dump(), patch.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json WithDifference(Json made, std::string_view key, const std::string& extra) {
  const Json object = extra.empty() ? Json::object() : Json::parse(extra, nullptr, false);
  if (!object.is_object() || !object.contains(std::string(key))) return made;
  try {
    return made.patch(object[std::string(key)]);
  } catch (const Json::exception&) {
    return made;
  }
}

}  // namespace reelbatch::costs
