#include "store/json_fields.h"

#include <fmt/format.h>

namespace reelbatch::store {
namespace {

const Json& Null() {
  static const Json null(nullptr);
  return null;
}

}  // namespace

JsonFields::JsonFields(const Json& object, std::string where, std::optional<base::Error>& error)
    : object_(&object), where_(std::move(where)), error_(&error) {
  if (!object.is_object() && !error) {
    error = base::Error{base::Code::kCorrupt, "must be an object", where_};
  }
}

const Json& JsonFields::At(std::string_view key) {
  if (!object_->is_object()) return Null();
  const auto found = object_->find(std::string(key));
  return found == object_->end() ? Null() : *found;
}

void JsonFields::Reject(std::string_view key, std::string_view expected) {
  if (*error_) return;
  *error_ = base::Error{base::Code::kCorrupt, fmt::format("must be {}", expected),
                        fmt::format("{}: {}", where_, key)};
}

std::string JsonFields::Text(std::string_view key) {
  const Json& value = At(key);
  if (value.is_string()) return value.get<std::string>();
  Reject(key, "a text");
  return {};
}

std::optional<std::string> JsonFields::TextOrNull(std::string_view key) {
  if (At(key).is_null()) return std::nullopt;
  return Text(key);
}

int64_t JsonFields::Integer(std::string_view key) {
  const Json& value = At(key);
  if (value.is_number_integer()) return value.get<int64_t>();
  Reject(key, "a whole number");
  return 0;
}

std::optional<int64_t> JsonFields::IntegerOrNull(std::string_view key) {
  if (At(key).is_null()) return std::nullopt;
  return Integer(key);
}

double JsonFields::Number(std::string_view key) {
  const Json& value = At(key);
  if (value.is_number()) return value.get<double>();
  Reject(key, "a number");
  return 0;
}

std::optional<double> JsonFields::NumberOrNull(std::string_view key) {
  if (At(key).is_null()) return std::nullopt;
  return Number(key);
}

bool JsonFields::Flag(std::string_view key) {
  const Json& value = At(key);
  if (value.is_boolean()) return value.get<bool>();
  Reject(key, "true or false");
  return false;
}

bool JsonFields::FlagOr(std::string_view key, bool missing) {
  return At(key).is_null() ? missing : Flag(key);
}

std::vector<std::string> JsonFields::Texts(std::string_view key) {
  const Json& value = At(key);
  std::vector<std::string> texts;
  if (!value.is_array()) {
    Reject(key, "a list of texts");
    return texts;
  }
  for (const Json& item : value) {
    if (!item.is_string()) {
      Reject(key, "a list of texts");
      return texts;
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

JsonFields JsonFields::Object(std::string_view key) {
  return {At(key), fmt::format("{}: {}", where_, key), *error_};
}

std::vector<JsonFields> JsonFields::ObjectIfAny(std::string_view key) {
  std::vector<JsonFields> object;
  if (!At(key).is_null()) object.push_back(Object(key));
  return object;
}

std::vector<JsonFields> JsonFields::Objects(std::string_view key) {
  const Json& value = At(key);
  std::vector<JsonFields> objects;
  if (!value.is_array()) {
    Reject(key, "a list");
    return objects;
  }
  for (size_t i = 0; i < value.size(); ++i) {
    objects.emplace_back(value[i], fmt::format("{}: {}[{}]", where_, key, i), *error_);
  }
  return objects;
}

std::vector<JsonFields> JsonFields::ObjectsIfAny(std::string_view key) {
  return At(key).is_null() ? std::vector<JsonFields>() : Objects(key);
}

base::Result<Json> ParseDocument(std::string_view text, std::string_view name,
                                 std::string_view schema) {
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return base::Fail(base::Code::kCorrupt, "is not valid JSON", std::string(name));
  }
  std::optional<base::Error> error;
  JsonFields fields(document, std::string(name), error);
  const std::string found = fields.Text("schema");
  if (!error && found != schema) fields.Reject("schema", fmt::format("'{}'", schema));
  if (error) return std::unexpected(*error);
  return document;
}

}  // namespace reelbatch::store
