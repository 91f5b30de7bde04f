#include "store/artifact_identity.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/json_text.h"

namespace reelbatch::store {

using base::Json;

std::string ArtifactIdentity::config_hash() const { return base::Sha256Hex(key.config); }

Json ModelsJson(const std::vector<contracts::ModelUsed>& models) {
  Json list = Json::array();
  for (const contracts::ModelUsed& used : models) {
    Json entry{{"model_name", used.model_name},
               {"model_version", used.model_version},
               {"weights_digest", used.weights_digest},
               {"runtime", used.runtime},
               {"engine", used.engine},
               {"precision", used.precision},
               {"device", used.device}};
    if (!used.files_digest.empty()) entry["files_digest"] = used.files_digest;
    list.push_back(std::move(entry));
  }
  return list;
}

Json IdentityMeta(const ArtifactIdentity& identity) {
  const ResultIdentity& key = identity.key;
  const Json config = Json::parse(key.config, nullptr, false);
  Json meta;
  meta["schema_version"] = key.schema;
  meta["component"] = key.component;
  meta["component_version"] = key.version;
  meta["platform_id"] = kPlatformId;
  meta["video_id"] = identity.video_id;
  meta["config_hash"] = identity.config_hash();
  meta["sampling_policy_version"] = key.sampling_policy_version;
  if (config.contains("loop_filter")) meta["loop_filter"] = config["loop_filter"];
  if (config.contains("sampling") && config["sampling"].contains("crop")) {
    for (const char* side : {"x", "y", "width", "height"})
      meta["crop"][side] = config["sampling"]["crop"].value(side, 0);
  }
  if (config.value(kOwnSampling, false)) {
    for (const char* field : {"analysis_fps", "analysis_width", "analysis_height", "every"})
      meta["sampling"][field] = config["sampling"].value(field, Json(nullptr));
  }
  meta["source_sha256"] = key.content_sha256;
  meta["models_used"] = ModelsJson(identity.models_used);
  meta["model_signature"] = key.model_signature;
  meta["uses"] = Json::object();
  for (const auto& [component, digest] : key.uses) meta["uses"][component] = digest;
  return meta;
}

bool IsIdentityMember(std::string_view name) {
  // The last three stood in artifacts of 0.1.0 only.
  constexpr std::array<std::string_view, 17> kMembers = {
      "schema_version",   "component",     "component_version",
      "platform_id",      "video_id",      "config_hash",
      "loop_filter",      "crop",          "sampling_policy_version",
      "sampling",         "source_sha256", "models_used",
      "model_signature",  "uses",          "producer",
      "producer_version", "run_id"};
  return std::ranges::find(kMembers, name) != kMembers.end();
}

}  // namespace reelbatch::store
