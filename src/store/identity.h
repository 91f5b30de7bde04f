#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "contracts/run_config.h"

namespace reelbatch::store {

inline constexpr std::string_view kPlatformId = "local";
inline constexpr std::string_view kCutDetection = "cut_detection";
inline constexpr std::string_view kCoreOpticalFlow = "core_optical_flow";
/// Goes up when the same Sampling chooses other frames of the same file.
inline constexpr std::string_view kSamplingPolicyVersion = "1";
/// No model takes part. Source: spec, domain, "model_signature".
inline constexpr std::string_view kNoModel = "N/A";
/// "reelbatch 0.1.0"
std::string ProducerName();

/// Canonical JSON (sorted keys, no spaces, UTF-8) of everything in the configuration.
std::string CanonicalJson(const contracts::RunConfig& config);
/// SHA-256 hex of CanonicalJson().
std::string ConfigHash(const contracts::RunConfig& config);
/// "r-" and the first 12 hex digits of ConfigHash(): the same configuration resumes its own folder.
std::string RunId(const contracts::RunConfig& config);

/// What makes two results interchangeable. Source: spec, domain, "Idempotency key".
struct IdempotencyKey {
  std::string platform_id{kPlatformId};
  std::string video_id;
  std::string component{kCutDetection};
  std::string config_hash;
  std::string sampling_policy_version{kSamplingPolicyVersion};
  std::string producer_version;
  std::string schema_version;
  std::string model_signature{kNoModel};
  std::string content_sha256;

  /// The parts in the order above, joined by '|'.
  std::string Text() const;
};

/// A file's stem as a folder name: [A-Za-z0-9._-] and valid multi-byte UTF-8 stay, every other byte
/// becomes '_', leading dots and dashes go, at most 100 bytes (cut at a code point), "video" where
/// nothing is left. Of a picture sequence: base::PictureStem(), made safe in the same way. Example:
/// "../my \"film\".mp4" -> "my__film_", "\xff.mov" -> "_".
std::string SafeStem(const std::filesystem::path& path);

/// The name under which an input is remembered: absolute and without "." and "..", links not
/// followed.
std::filesystem::path AbsolutePath(const std::filesystem::path& path);

}  // namespace reelbatch::store
