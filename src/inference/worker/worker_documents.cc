#include "inference/worker/worker_documents.h"

#include <array>
#include <utility>

#include "base/json_fields.h"
#include "base/json_text.h"

namespace reelbatch::inference {
namespace {

using base::Json;
using base::JsonFields;
using contracts::ModelUsed;

constexpr std::string_view kDocument = "a message of the worker";
constexpr int64_t kMostThreads = 4096;

constexpr std::array<std::pair<const char*, std::string ModelUsed::*>, 8> kUsedFields = {{
    {"model_name", &ModelUsed::model_name},
    {"model_version", &ModelUsed::model_version},
    {"weights_digest", &ModelUsed::weights_digest},
    {"runtime", &ModelUsed::runtime},
    {"engine", &ModelUsed::engine},
    {"precision", &ModelUsed::precision},
    {"device", &ModelUsed::device},
    {"files_digest", &ModelUsed::files_digest},
}};

}  // namespace

std::string OrderJson(const ModelOrder& order) {
  Json json{{"folder", order.folder.string()},
            {"threads", order.options.threads},
            {"lanes", order.options.lanes},
            {"engines", Json::array()}};
  for (const auto& folder : order.options.engines) json["engines"].push_back(folder.string());
  return base::OneLine(json);
}

base::Result<ModelOrder> ReadOrder(std::string_view text) {
  return base::ReadObject(text, kDocument, [](JsonFields& fields) {
    ModelOrder order;
    order.folder = fields.Text("folder");
    order.options.threads = static_cast<int>(fields.Integer("threads", 1, kMostThreads));
    order.options.lanes = static_cast<int>(fields.Integer("lanes", 1, kMostThreads));
    for (std::string& folder : fields.Texts("engines"))
      order.options.engines.emplace_back(std::move(folder));
    return order;
  });
}

std::string UsedJson(const ModelUsed& used) {
  Json json;
  for (const auto& [name, field] : kUsedFields) json[name] = used.*field;
  return base::OneLine(json);
}

base::Result<ModelUsed> ReadUsed(std::string_view text) {
  return base::ReadObject(text, kDocument, [](JsonFields& fields) {
    ModelUsed used;
    for (const auto& [name, field] : kUsedFields) used.*field = fields.Text(name);
    return used;
  });
}

std::string ErrorJson(const base::Error& error) {
  return base::OneLine({{"code", static_cast<int>(error.code)},
                        {"message", error.message},
                        {"context", error.context}});
}

base::Result<base::Error> ReadError(std::string_view text) {
  return base::ReadObject(text, kDocument, [](JsonFields& fields) {
    constexpr auto kLast = static_cast<int64_t>(base::Code::kInternal);
    return base::Error{.code = static_cast<base::Code>(fields.Integer("code", 0, kLast)),
                       .message = fields.Text("message"),
                       .context = fields.Text("context")};
  });
}

}  // namespace reelbatch::inference
