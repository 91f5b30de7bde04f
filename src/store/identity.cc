#include "store/identity.h"

#include <fmt/format.h>

#include <array>

#include "base/hash.h"
#include "base/picture_files.h"
#include "base/text.h"
#include "store/crop_json.h"

namespace reelbatch::store {

namespace {

// Leaves room for two suffixes of nine bytes, and for what people append, below the 255 bytes of a
// name.
constexpr size_t kMaxStemBytes = 100;

template <class T>
base::SortedJson OrNull(const std::optional<T>& value) {
  return value ? base::SortedJson(*value) : base::SortedJson(nullptr);
}

bool StaysInName(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

std::string ProducerName() { return fmt::format("reelbatch {}", REELBATCH_VERSION); }

std::string CanonicalJson(const contracts::RunConfig& config) {
  const contracts::Sampling& sampling = config.sampling;
  // base::SortedJson sorts its keys.
  base::SortedJson json;
  json["components"] = config.components;
  json["parts"] = contracts::PartNames(contracts::PartsOf(config));
  json["preset"] = config.preset ? contracts::PresetName(*config.preset) : "auto";
  json["emergency_fast"] = config.overload == contracts::Overload::kEmergency;
  // A run without one keeps the identity that it had before there were deadlines.
  if (config.overload == contracts::Overload::kDeadline) json["deadline"] = true;
  json["decision"] = contracts::DecisionName(config.decision);
  json["flow_reuse"] = contracts::ReuseName(config.flow_reuse);
  if (config.transnetv2_reuse != contracts::Reuse::kNever)
    json["transnetv2_reuse"] = contracts::ReuseName(config.transnetv2_reuse);
  json["loop_filter"] = contracts::LoopFilterName(contracts::SkipsLoopFilter(config));
  json["min_confidence"] = config.min_confidence.value_or(contracts::CutKnobs::kMinConfidence);
  json["ssim_range"] = config.ssim_range_255 ? "255" : "frame";
  json["sampling"] = {{"analysis_fps", OrNull(sampling.analysis_fps)},
                      {"analysis_width", OrNull(sampling.analysis_width)},
                      {"analysis_height", OrNull(sampling.analysis_height)},
                      {"start_s", OrNull(sampling.start_s)},
                      {"end_s", OrNull(sampling.end_s)},
                      {"stream", OrNull(sampling.stream)}};
  // Only where it was asked for: no other run's identity changes.
  if (sampling.picture_fps) json["sampling"]["picture_fps"] = *sampling.picture_fps;
  // A run without one keeps the identity that it had before there were crops.
  if (sampling.crop) {
    json["sampling"]["crop"] = CropJson(*sampling.crop);
  }
  return json.dump(-1, ' ', false, base::SortedJson::error_handler_t::replace);
}

std::string ConfigHash(const contracts::RunConfig& config) {
  return base::Sha256Hex(CanonicalJson(config));
}

std::string RunId(const contracts::RunConfig& config) {
  return "r-" + ConfigHash(config).substr(0, 12);
}

std::string IdempotencyKey::Text() const {
  const std::array<std::string_view, 9> fields = {
      platform_id,      video_id,       component,       config_hash,   sampling_policy_version,
      producer_version, schema_version, model_signature, content_sha256};
  return fmt::format("{}", fmt::join(fields, "|"));
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

std::filesystem::path AbsolutePath(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  if (error) absolute = path;
  // "link/../a.mp4" lies beside what the link points to: only the file system knows where.
  if (std::ranges::find(absolute, fs::path("..")) != absolute.end()) {
    const fs::path folder = fs::canonical(absolute.parent_path(), error);
    if (!error) return folder / absolute.filename();
  }
  return absolute.lexically_normal();
}

}  // namespace reelbatch::store
