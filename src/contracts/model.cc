#include "contracts/model.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/hash.h"

namespace reelbatch::contracts {
namespace {

std::string Quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      quoted += '\\';
      quoted += letter;
    } else if (code < ' ') {
      quoted += "\\u00";
      quoted += kHex[code >> 4];
      quoted += kHex[code & 0xF];
    } else {
      quoted += letter;
    }
  }
  return quoted + "\"";
}

/// Keys sorted, as canonical JSON wants them.
std::string CanonicalJson(const ModelUsed& used) {
  const std::array<std::pair<std::string_view, const std::string*>, 7> fields{
      {{"device", &used.device},
       {"engine", &used.engine},
       {"model_name", &used.model_name},
       {"model_version", &used.model_version},
       {"precision", &used.precision},
       {"runtime", &used.runtime},
       {"weights_digest", &used.weights_digest}}};
  std::string json;
  for (const auto& [name, value] : fields) {
    json += json.empty() ? "{" : ",";
    json += Quoted(name) + ":" + Quoted(*value);
  }
  return json + "}";
}

auto Order(const ModelUsed& used) {
  return std::tie(used.model_name, used.model_version, used.weights_digest, used.engine,
                  used.precision, used.device, used.runtime);
}

}  // namespace

std::string ModelSignature(std::vector<ModelUsed> models) {
  if (models.empty()) return "N/A";
  std::ranges::sort(models,
                    [](const ModelUsed& a, const ModelUsed& b) { return Order(a) < Order(b); });
  std::string json;
  for (const ModelUsed& used : models) json += (json.empty() ? "[" : ",") + CanonicalJson(used);
  return base::Sha256Hex(json + "]");
}

}  // namespace reelbatch::contracts
