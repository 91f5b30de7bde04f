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
/// Goes up when the same Sampling chooses other frames of the same file.
inline constexpr std::string_view kSamplingPolicyVersion = "1";
/// The member of a component's configuration that says that its sampling is not its run's.
inline constexpr const char* kOwnSampling = "own_sampling";
/// No model takes part. Source: docs/requirements.md, "Model signature".
inline constexpr std::string_view kNoModel = "N/A";
/// Canonical JSON (sorted keys, no spaces, UTF-8) of everything in the configuration.
std::string CanonicalJson(const contracts::RunConfig& config);
/// SHA-256 hex of CanonicalJson().
std::string ConfigHash(const contracts::RunConfig& config);
/// What the frames of one component have to do with those of its run.
struct OwnFrames {
  bool own_sampling = false;  // another one than the run's: results say so (IdentityMeta())
  /// Components whose results it would take if they stood on the same frames, and on which they
  /// stand: "5 frames per second".
  std::map<std::string, std::string, std::less<>> other_frames = {};
};

/// What of CanonicalJson() concerns one component, in the same shape: `knobs` are keys of the
/// document ("preset") or of its sampling ("sampling.start_s"), and `components` stand in the place
/// of the run's. A knob that the document does not have is left out. The sampling of `config` is
/// the component's.
std::string ComponentConfig(const contracts::RunConfig& config,
                            const std::vector<std::string>& components,
                            std::span<const std::string_view> knobs, const OwnFrames& frames = {});

/// The same configuration of a component, where other components took part.
std::string WithComponents(const std::string& config, const std::vector<std::string>& components);

/// "r-" and the first 12 hex digits of the SHA-256 of the run's CanonicalJson() and of the models
/// of `components`, where any uses one: the same call resumes its own folder, and runs that differ
/// in model, engine or runtime have folders of their own.
std::string RunId(const contracts::RunConfig& config,
                  const std::vector<StoredComponent>& components);

/// One digest for the files of all `models` (ModelUsed::files_digest); empty where none has any.
std::string ModelFiles(const std::vector<contracts::ModelUsed>& models);

/// What makes two results of a component interchangeable: nothing of the program's version, of the
/// run or of other components' knobs. (docs/decisions/0021)
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

/// A file's stem as a folder name: [A-Za-z0-9._-] and valid multi-byte UTF-8 stay, every other byte
/// becomes '_', leading dots and dashes go, at most 100 bytes (cut at a code point), "video" where
/// nothing is left. Of a picture sequence: base::PictureStem(), made safe in the same way. Example:
/// "../my \"film\".mp4" -> "my__film_", "\xff.mov" -> "_".
std::string SafeStem(const std::filesystem::path& path);

/// The name under which an input is remembered: absolute and without "." and "..", links not
/// followed.
std::filesystem::path AbsolutePath(const std::filesystem::path& path);

/// Whether a path is absolute and has no component that normalising takes out: AbsolutePath() is
/// the path itself, and need not be asked.
bool IsNormalPath(std::string_view path);
/// AbsolutePath() as text, quickly for most paths. `current`: the current folder, which to ask for
/// with every path is slow.
std::string NormalPath(std::string_view path, std::string_view current);

}  // namespace reelbatch::store
