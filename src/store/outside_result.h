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

/// A component that is not part of a run, and whose result from an earlier run is used by
/// components of this run.
struct OutsideComponent {
  StoredComponent component;  // as this run would have it; if it names no models, any are accepted
  std::vector<std::string> users = {};  // components of the run
  /// If there is no result with the same configuration, any other one for the same pictures (crop,
  /// size, stream) is accepted. The component that uses it must check whether it fits (for example,
  /// whether `frame_indices` are its own).
  bool any_configuration = false;
  std::vector<std::string> required_by =
      {};  // users that fail without it; the others work without it

  bool is_taken_by(const std::string& name) const {
    return std::ranges::find(users, name) != users.end();
  }
};

/// A setting in which an earlier result differs from the requested one. Values as JSON; "null": it
/// is missing.
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
  std::string run_id;                               // of the run whose folder has it
  std::vector<SettingDifference> differences = {};  // empty: the same configuration

  /// The value for the `uses` of a component that uses it.
  std::string digest() const { return ResultDigest(made.artifacts); }
  /// "local/<video_id>/<run_id>"
  std::string from(const std::string& video_id) const;
};

struct OutsideSearch {
  std::optional<OutsideResult> found = std::nullopt;
  /// If nothing was found: why the existing results do not fit, or that there are none. One
  /// line.
  std::string refused = {};
};

struct WantedOutside {
  const FolderLayout& layout;
  std::string video_id;
  std::string content_sha256;
  const OutsideComponent& wanted;
};

/// Searches all runs of the video, by run id: first for a result of the same configuration and
/// models, then, on request, for one of the same sampling, then for any. A result is valid if it
/// is for this content, and has the requested version and schema of the component, and if every
/// file exists with its recorded bytes. Errors: cancelled.
base::Result<OutsideSearch> FindOutside(const WantedOutside& wanted,
                                        const base::CancelToken& cancel);

}  // namespace reelbatch::store
