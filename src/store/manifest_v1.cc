#include "store/manifest_v1.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "store/manifest.h"

namespace reelbatch::store {

using base::Json;
using base::OneLine;

namespace {

// The components of 0.1.0 and what of a run's configuration reached them.
constexpr std::array<std::string_view, 5> kFlowKnobs = {"preset", "emergency_fast", "deadline",
                                                        "loop_filter", "sampling"};
constexpr std::array<std::string_view, 2> kFrameKnobs = {"loop_filter", "sampling"};
constexpr std::array<std::string_view, 3> kSoundSampling = {"start_s", "end_s", "stream"};

const Json& At(const Json& object, const char* name) {
  static const Json kNothing;
  return object.is_object() && object.contains(name) ? object[name] : kNothing;
}

std::string TextAt(const Json& object, const char* name) {
  const Json& value = At(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

/// Components of the run whose results `name` took.
std::set<std::string> UsedBy(const std::string& name, const Json& config) {
  std::set<std::string> used;
  if (name != "cut_detection") return used;
  const auto reuses = [&](const char* knob) {
    const std::string reuse = TextAt(config, knob);
    return reuse == "prefer" || reuse == "require";
  };
  if (reuses("flow_reuse")) used.insert("core_optical_flow");
  if (reuses("transnetv2_reuse")) used.insert("transnetv2");
  return used;
}

base::SortedJson OwnConfig(const std::string& name, const Json& config) {
  const base::SortedJson whole = base::SortedJson::parse(OneLine(config), nullptr, false);
  base::SortedJson own = base::SortedJson::object();
  if (!whole.is_object()) return own;
  const auto take = [&](std::span<const std::string_view> knobs) {
    for (const std::string_view knob : knobs) {
      if (const auto found = whole.find(std::string(knob)); found != whole.end())
        own[std::string(knob)] = *found;
    }
  };
  if (name == "cut_detection") {
    own = whole;
  } else if (name == "core_optical_flow") {
    take(kFlowKnobs);
  } else if (name == "speech_activity") {
    own["sampling"] = base::SortedJson::object();
    for (const std::string_view knob : kSoundSampling) {
      const base::SortedJson sampling = whole.value("sampling", base::SortedJson::object());
      if (sampling.is_object() && sampling.contains(knob))
        own["sampling"][std::string(knob)] = sampling[std::string(knob)];
    }
  } else {
    take(kFrameKnobs);
  }
  const std::set<std::string> used = UsedBy(name, config);
  own["components"] = base::SortedJson::array();
  for (const Json& component : At(config, "components")) {
    if (!component.is_string()) continue;
    const auto one = component.get<std::string>();
    if (one == name || used.contains(one)) own["components"].push_back(one);
  }
  return own;
}

/// "0.1.0+cut_detection.3" -> "3"
std::string VersionOf(const std::string& producer_version, const std::string& name) {
  const std::string mark = "+" + name + ".";
  const size_t at = producer_version.rfind(mark);
  return at == std::string::npos ? "" : producer_version.substr(at + mark.size());
}

std::vector<ArtifactEntry> ArtifactsOf(const Json& component) {
  std::vector<ArtifactEntry> entries;
  for (const Json& artifact : At(component, "artifacts"))
    entries.push_back({.path = TextAt(artifact, "path"), .sha256 = TextAt(artifact, "sha256")});
  return entries;
}

bool Finished(const Json& component) {
  const std::string status = TextAt(component, "status");
  return status == "success" || status == "empty";
}

/// `results`: digests of the components that finished.
Json Component(const Json& v1, const Json& document,
               const std::map<std::string, std::string>& results) {
  const std::string name = TextAt(v1, "name");
  const base::SortedJson config = OwnConfig(name, At(document, "config"));
  ResultIdentity identity{.content_sha256 = TextAt(At(document, "source"), "sha256"),
                          .component = name,
                          .version = VersionOf(TextAt(v1, "producer_version"), name),
                          .config = config.dump(),
                          .sampling_policy_version = TextAt(v1, "sampling_policy_version"),
                          .schema = TextAt(v1, "schema_version"),
                          .model_signature = TextAt(v1, "model_signature"),
                          .model_files = {},
                          .uses = {}};
  for (const std::string& used : UsedBy(name, At(document, "config"))) {
    if (const auto result = results.find(used); result != results.end())
      identity.uses.insert(*result);
  }
  Json component;
  for (const auto& [field, value] : v1.items()) {
    if (field == "idempotency_key") continue;
    component[field] = value;
    if (field != "producer_version") continue;
    component["component_version"] = identity.version;
    component["config_hash"] = base::Sha256Hex(identity.config);
    component["config"] = Json(config);
    component["uses"] = Json::object();
    for (const auto& [used, digest] : identity.uses) component["uses"][used] = digest;
    component["key"] = Finished(v1) ? Json(identity.Key()) : Json(nullptr);
    component["result_digest"] = Finished(v1) ? Json(ResultDigest(ArtifactsOf(v1))) : Json(nullptr);
    component["linked_from"] = nullptr;
  }
  return component;
}

}  // namespace

Json ManifestFromV1(const Json& document) {
  const Json& components = At(document, "components");
  std::map<std::string, std::string> results;
  for (const Json& component : components) {
    if (Finished(component))
      results.emplace(TextAt(component, "name"), ResultDigest(ArtifactsOf(component)));
  }
  Json translated = document;
  translated["schema"] = kManifestSchema;
  translated["components"] = components;
  if (!components.is_array()) return translated;
  for (Json& component : translated["components"]) {
    if (component.is_object()) component = Component(component, document, results);
  }
  return translated;
}

}  // namespace reelbatch::store
