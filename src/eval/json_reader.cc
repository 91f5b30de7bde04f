#include "eval/json_reader.h"

#include <fmt/format.h>

namespace reelbatch::eval {

base::Result<Json> ParseObject(std::string_view text, std::string_view name) {
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded())
    return base::Fail(base::Code::kCorrupt, "is not valid JSON", std::string(name));
  if (!document.is_object())
    return base::Fail(base::Code::kCorrupt, "must be an object", std::string(name));
  return document;
}

Fields::Fields(const Json& object, std::string where) : object_(&object), where_(std::move(where)) {
  if (!object.is_object()) throw FieldError{{base::Code::kCorrupt, "must be an object", where_}};
}

bool Fields::Has(std::string_view key) const { return object_->contains(std::string(key)); }

const Json& Fields::At(std::string_view key) const {
  const auto found = object_->find(std::string(key));
  if (found == object_->end()) Reject(key, "there");
  return *found;
}

std::string Fields::Text(std::string_view key) const {
  const Json& value = At(key);
  if (!value.is_string()) Reject(key, "a text");
  return value.get<std::string>();
}

int64_t Fields::Integer(std::string_view key) const {
  const Json& value = At(key);
  if (!value.is_number_integer()) Reject(key, "a whole number");
  return value.get<int64_t>();
}

double Fields::Number(std::string_view key) const {
  const Json& value = At(key);
  if (!value.is_number()) Reject(key, "a number");
  return value.get<double>();
}

std::vector<Fields> Fields::Objects(std::string_view key) const {
  std::vector<Fields> objects;
  if (!Has(key)) return objects;
  const Json& list = At(key);
  if (!list.is_array()) Reject(key, "a list");
  for (size_t i = 0; i < list.size(); ++i)
    objects.emplace_back(list[i], fmt::format("{}: {}[{}]", where_, key, i));
  return objects;
}

void Fields::Reject(std::string_view key, std::string_view expected) const {
  throw FieldError{{base::Code::kCorrupt, fmt::format("must be {}", expected),
                    fmt::format("{}: {}", where_, key)}};
}

}  // namespace reelbatch::eval
