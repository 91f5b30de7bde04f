#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "store/folder_layout.h"
#include "store/manifest.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// A component that a run does not have and whose result, made by an earlier run, components of
/// this run take.
struct OutsideComponent {
  StoredComponent component;  // as this run would have it; any models will do where it names none
  std::vector<std::string> users = {};  // components of the run
  /// Where no result of the same configuration is there, any other one of the same pictures (crop,
  /// size, stream) will do. Whoever takes it has to see whether it fits (for example, whether
  /// `frame_indices` are its own).
  bool any_configuration = false;
  std::vector<std::string> required_by = {};  // users that fail without it; the others do without

  bool is_taken_by(const std::string& name) const {
    return std::ranges::find(users, name) != users.end();
  }
};

/// A setting in which an earlier result differs from what is wanted. Values as JSON; "null": it is
/// not there.
struct SettingDifference {
  std::string name;  // "sampling.analysis_fps", "preset", "models"
  std::string was;
  std::string wanted;
};
/// By name. `was` and `wanted`: canonical JSON of a component's configuration.
std::vector<SettingDifference> SettingDifferences(const std::string& was,
                                                  const std::string& wanted);
/// "analysis_fps 5 (this run: none), preset "fast" (this run: "auto")".
std::string DifferencesText(const std::vector<SettingDifference>& differences);

/// An earlier result of a component that is not in the run.
struct OutsideResult {
  ManifestComponent made;
  std::string run_id;                               // of the run in whose folder it lies
  std::vector<SettingDifference> differences = {};  // none: the same configuration

  /// What the `uses` of a component that takes it says.
  std::string digest() const { return ResultDigest(made.artifacts); }
  /// "local/<video_id>/<run_id>"
  std::string from(const std::string& video_id) const;
};

struct OutsideSearch {
  std::optional<OutsideResult> found = std::nullopt;
  /// Where nothing was found: why what lies there will not do, or that nothing lies there. One
  /// line.
  std::string refused = {};
};

struct WantedOutside {
  const FolderLayout& layout;
  std::string video_id;
  std::string content_sha256;
  const OutsideComponent& wanted;
};

/// Looks in all runs of the video, by run id: first for a result of the same configuration and
/// models, then, on request, for one of the same sampling, then for any. A result counts where it
/// is of this content, and of the wanted version and schema of the component, and where every file
/// is there with its recorded bytes. Errors: cancelled.
base::Result<OutsideSearch> FindOutside(const WantedOutside& wanted,
                                        const base::CancelToken& cancel);

}  // namespace reelbatch::store
