#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/run_config.h"
#include "store/stored_component.h"

namespace reelbatch::store {

inline constexpr std::string_view kPlatformId = "local";
/// Increase it when the same Sampling selects other frames of the same file.
inline constexpr std::string_view kSamplingPolicyVersion = "1";
/// The member of a component's configuration that is set if its sampling is not that of its run.
inline constexpr const char* kOwnSampling = "own_sampling";
/// No model takes part. Source: docs/requirements.md, "Model signature".
inline constexpr std::string_view kNoModel = "N/A";
/// Canonical JSON (sorted keys, no spaces, UTF-8) of everything in the configuration.
std::string CanonicalJson(const contracts::RunConfig& config);
/// SHA-256 hex of CanonicalJson().
std::string ConfigHash(const contracts::RunConfig& config);
/// How the frames of one component are related to those of its run.
struct OwnFrames {
  bool own_sampling =
      false;  // other than that of the run; results then contain it (IdentityMeta())
  /// Components whose results it would use if they were for the same frames, and the frames that
  /// they are for: "5 frames per second".
  std::map<std::string, std::string, std::less<>> other_frames = {};
};

/// The part of CanonicalJson() that concerns one component, in the same form: `knobs` are keys of
/// the document ("preset") or of its sampling ("sampling.start_s"), and `components` replaces that
/// of the run. A knob that the document does not have is left out. The sampling of `config` is
/// that of the component.
std::string ComponentConfig(const contracts::RunConfig& config,
                            const std::vector<std::string>& components,
                            std::span<const std::string_view> knobs, const OwnFrames& frames = {});

/// The same configuration of a component, with other components.
std::string WithComponents(const std::string& config, const std::vector<std::string>& components);

/// "r-" and the first 12 hex digits of the SHA-256 of the run's CanonicalJson() and of the models
/// of `components`, if any uses one: the same command resumes its own folder, and runs that differ
/// in model, engine or runtime have different folders.
std::string RunId(const contracts::RunConfig& config,
                  const std::vector<StoredComponent>& components);

/// One digest for the files of all `models` (ModelUsed::files_digest); empty if none has one.
std::string ModelFiles(const std::vector<contracts::ModelUsed>& models);

/// Makes two results of a component interchangeable: it has nothing of the program's version, of
/// the run or of knobs of other components. (docs/decisions/0021)
struct ResultIdentity {
  std::string content_sha256 = {};  // of the video
  std::string component = {};
  std::string version = {};  // of the component
  std::string config = {};   // StoredComponent::config
  std::string sampling_policy_version{kSamplingPolicyVersion};
  std::string schema = {};
  std::string model_signature{kNoModel};
  std::string model_files = {};  // ModelFiles(); empty: none, or not known
  std::map<std::string, std::string> uses =
      {};  // digests of the results that it used, by component

  /// SHA-256 hex of the canonical JSON of all of it.
  std::string Key() const;
};

/// The stem of a file as a folder name: [A-Za-z0-9._-] and valid multi-byte UTF-8 stay, every other
/// byte becomes '_', leading dots and dashes are removed, at most 100 bytes (cut at a code point),
/// "video" if nothing is left. Of a picture sequence: base::PictureStem(), with the same rules.
/// Example:
/// "../my \"film\".mp4" -> "my__film_", "\xff.mov" -> "_".
std::string SafeStem(const std::filesystem::path& path);

/// The name by which an input is stored: absolute and without "." and "..", links not
/// followed.
std::filesystem::path AbsolutePath(const std::filesystem::path& path);

/// Whether a path is absolute and already normalised: AbsolutePath() is then the path itself, and
/// need not be called.
bool IsNormalPath(std::string_view path);
/// AbsolutePath() as text, fast for most paths. `current`: the current folder; to get it
/// for every path would be slow.
std::string NormalPath(std::string_view path, std::string_view current);

}  // namespace reelbatch::store
