#include "store/identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/hash.h"
#include "base/picture_files.h"
#include "base/text.h"
#include "contracts/crop_json.h"

namespace reelbatch::store {

namespace {

// Leaves room for two suffixes of nine bytes, and for what people append, below the 255 bytes of a
// name.
constexpr size_t kMaxStemBytes = 100;

template <class T>
base::SortedJson OrNull(const std::optional<T>& value) {
  return value ? base::SortedJson(*value) : base::SortedJson(nullptr);
}

/// What it says, and nothing else.
base::SortedJson ChoiceJson(const contracts::FrameChoice& choice) {
  base::SortedJson json = base::SortedJson::object();
  if (choice.analysis_fps) json["analysis_fps"] = *choice.analysis_fps;
  if (choice.analysis_width) json["analysis_width"] = *choice.analysis_width;
  if (choice.analysis_height) json["analysis_height"] = *choice.analysis_height;
  if (choice.every) json["every"] = *choice.every;
  return json;
}

constexpr size_t kRunIdDigits = 12;

/// base::SortedJson sorts its keys.
std::string Canonical(const base::SortedJson& json) {
  return json.dump(-1, ' ', false, base::SortedJson::error_handler_t::replace);
}

bool StaysInName(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

std::string CanonicalJson(const contracts::RunConfig& config) {
  const contracts::Sampling& sampling = config.sampling;
  base::SortedJson json;
  json["components"] = config.components;
  json["preset"] = config.preset ? contracts::PresetName(*config.preset) : "auto";
  json["emergency_fast"] = config.overload == contracts::Overload::kEmergency;
  // A run without one keeps the identity that it had before there were deadlines.
  if (config.overload == contracts::Overload::kDeadline) json["deadline"] = true;
  json["loop_filter"] = contracts::LoopFilterName(contracts::SkipsLoopFilter(config));
  for (const auto& [name, setting] : config.knobs) {
    std::visit([&json, &name](const auto& value) { json[name] = value; }, setting);
  }
  json["sampling"] = {{"analysis_fps", OrNull(sampling.analysis_fps)},
                      {"analysis_width", OrNull(sampling.analysis_width)},
                      {"analysis_height", OrNull(sampling.analysis_height)},
                      {"start_s", OrNull(sampling.start_s)},
                      {"end_s", OrNull(sampling.end_s)},
                      {"stream", OrNull(sampling.stream)}};
  // Only where it was asked for: no other run's identity changes.
  if (sampling.every) json["sampling"]["every"] = *sampling.every;
  for (const auto& [component, choice] : config.sampling_of)
    json["sampling_of"][component] = ChoiceJson(choice);
  if (sampling.picture_fps) json["sampling"]["picture_fps"] = *sampling.picture_fps;
  // A run without one keeps the identity that it had before there were crops.
  if (sampling.crop) {
    json["sampling"]["crop"] = contracts::CropJson(*sampling.crop);
  }
  return Canonical(json);
}

std::string ConfigHash(const contracts::RunConfig& config) {
  return base::Sha256Hex(CanonicalJson(config));
}

std::string ComponentConfig(const contracts::RunConfig& config,
                            const std::vector<std::string>& components,
                            std::span<const std::string_view> knobs, const OwnFrames& frames) {
  constexpr std::string_view kSampling = "sampling.";
  const base::SortedJson whole = base::SortedJson::parse(CanonicalJson(config));
  base::SortedJson own{{"components", components}};
  for (const std::string_view knob : knobs) {
    const bool sampled = knob.starts_with(kSampling);
    const base::SortedJson& from = sampled ? whole["sampling"] : whole;
    const std::string name(sampled ? knob.substr(kSampling.size()) : knob);
    if (from.contains(name)) (sampled ? own["sampling"] : own)[name] = from[name];
  }
  // Results of before there were samplings of single components keep their identity.
  if (frames.own_sampling) own[kOwnSampling] = true;
  if (!frames.other_frames.empty()) own["other_frames"] = frames.other_frames;
  return Canonical(own);
}

std::string WithComponents(const std::string& config, const std::vector<std::string>& components) {
  base::SortedJson own = base::SortedJson::parse(config, nullptr, false);
  own["components"] = components;
  return Canonical(own);
}

std::string RunId(const contracts::RunConfig& config,
                  const std::vector<StoredComponent>& components) {
  base::SortedJson models;
  for (const StoredComponent& component : components) {
    if (component.models_used.empty()) continue;
    models[component.name] = {{"files", ModelFiles(component.models_used)},
                              {"signature", contracts::ModelSignature(component.models_used)}};
  }
  // A run without models keeps the folder that it had before they counted.
  if (models.is_null()) return "r-" + ConfigHash(config).substr(0, kRunIdDigits);
  base::SortedJson whole = base::SortedJson::parse(CanonicalJson(config));
  whole["models"] = std::move(models);
  return "r-" + base::Sha256Hex(Canonical(whole)).substr(0, kRunIdDigits);
}

std::string ModelFiles(const std::vector<contracts::ModelUsed>& models) {
  std::set<std::string> digests;
  for (const contracts::ModelUsed& used : models) {
    if (!used.files_digest.empty()) digests.insert(used.files_digest);
  }
  if (digests.empty()) return "";
  return base::Sha256Hex(fmt::format("{}", fmt::join(digests, "\n")));
}

std::string ResultIdentity::Key() const {
  base::SortedJson json;
  json["source"] = content_sha256;
  json["component"] = component;
  json["version"] = version;
  json["config"] = base::SortedJson::parse(config, nullptr, false);
  json["sampling_policy_version"] = sampling_policy_version;
  json["schema"] = schema;
  json["model_signature"] = model_signature;
  if (!model_files.empty()) json["model_files"] = model_files;
  json["uses"] = uses;
  return base::Sha256Hex(Canonical(json));
}

std::string SafeStem(const std::filesystem::path& path) {
  const std::string bytes =
      base::NamesPictures(path) ? base::PictureStem(path) : path.stem().native();
  std::string safe;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const size_t length = base::Utf8Length(rest);
    const size_t taken = length == 0 ? 1 : length;
    const bool stays = length > 1 || (length == 1 && StaysInName(rest[0]));
    const bool leading = safe.empty() && (rest[0] == '.' || rest[0] == '-');
    const std::string_view piece = stays ? rest.substr(0, taken) : std::string_view("_");
    if (!leading) {
      if (safe.size() + piece.size() > kMaxStemBytes) break;
      safe += piece;
    }
    rest.remove_prefix(taken);
  }
  return safe.empty() ? "video" : safe;
}

bool IsNormalPath(std::string_view path) {
  return path.starts_with('/') && !path.ends_with("/.") && !path.ends_with("/..") &&
         path.find("//") == std::string_view::npos && path.find("/./") == std::string_view::npos &&
         path.find("/../") == std::string_view::npos;
}

std::string NormalPath(std::string_view path, std::string_view current) {
  std::string whole(path);
  if (!path.empty() && !path.starts_with('/')) whole.insert(0, std::string(current) + '/');
  return IsNormalPath(whole) ? whole : AbsolutePath(path).native();
}

std::filesystem::path AbsolutePath(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  if (error) absolute = path;
  // Most paths are, and taking one apart is slow.
  if (IsNormalPath(absolute.native())) return absolute;
  // "link/../a.mp4" lies beside what the link points to: only the file system knows where.
  if (std::ranges::find(absolute, fs::path("..")) != absolute.end()) {
    const fs::path folder = fs::canonical(absolute.parent_path(), error);
    if (!error) return folder / absolute.filename();
  }
  return absolute.lexically_normal();
}

}  // namespace reelbatch::store
