#include "store/outside_result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "store/finished_work.h"
#include "store/run_folders.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::SortedJson;

/// Members of `json` that are no objects, by their path: "sampling.analysis_fps".
void Flatten(const SortedJson& json, const std::string& path,
             std::map<std::string, SortedJson>& flat) {
  if (!json.is_object()) {
    flat[path] = json;
    return;
  }
  for (const auto& [name, value] : json.items())
    Flatten(value, path.empty() ? name : path + "." + name, flat);
}

std::map<std::string, SortedJson> SettingsOf(const std::string& config) {
  std::map<std::string, SortedJson> flat;
  Flatten(SortedJson::parse(config, nullptr, false), "", flat);
  return flat;
}

/// What is not there is as good as null.
std::string ValueOf(const std::map<std::string, SortedJson>& settings, const std::string& name) {
  const auto place = settings.find(name);
  return place == settings.end() ? "null" : place->second.dump();
}

std::string ModelsText(const std::vector<contracts::ModelUsed>& models) {
  std::vector<std::string> texts;
  for (const contracts::ModelUsed& used : models)
    texts.push_back(fmt::format("{} {} ({})", used.model_name, used.model_version, used.engine));
  return texts.empty() ? "null" : fmt::format("{}", fmt::join(texts, ", "));
}

class OutsideSearcher {
 public:
  OutsideSearcher(const WantedOutside& wanted, const base::CancelToken& cancel)
      : wanted_(wanted), component_(wanted.wanted.component), cancel_(cancel) {}

  base::Result<OutsideSearch> Go() {
    Collect();
    OutsideSearch search;
    std::ranges::stable_sort(candidates_, {}, Distance);
    for (OutsideResult& candidate : candidates_) {
      const bool fits = wanted_.wanted.any_configuration && ShowsTheSame(candidate.differences);
      if (!candidate.differences.empty() && !fits) {
        Refuse(candidate.run_id, "was made with " + DifferencesText(candidate.differences));
        continue;
      }
      const auto whole = IsWhole(component_, candidate.made,
                                 wanted_.layout.Run(wanted_.video_id, candidate.run_id), cancel_);
      if (!whole) return std::unexpected(whole.error());
      if (!*whole) {
        Refuse(candidate.run_id, "has files that differ from its manifest");
        continue;
      }
      search.found = std::move(candidate);
      return search;
    }
    search.refused = refused_.empty()
                         ? fmt::format("no run in this folder has a result of {}", component_.name)
                         : fmt::format("{} {}", component_.name, fmt::join(refused_, "; "));
    return search;
  }

 private:
  /// Other settings may still give the same frames; another sampling hardly does.
  static int Distance(const OutsideResult& candidate) {
    if (candidate.differences.empty()) return 0;
    return std::ranges::any_of(
               candidate.differences,
               [](const SettingDifference& each) { return each.name.starts_with("sampling"); })
               ? 2
               : 1;
  }

  /// Whether both looked at the same pictures, if perhaps at fewer of them.
  static bool ShowsTheSame(const std::vector<SettingDifference>& differences) {
    return std::ranges::none_of(differences, [](const SettingDifference& each) {
      return each.name.starts_with("sampling.") && each.name != "sampling.analysis_fps" &&
             each.name != "sampling.every" && each.name != "sampling.start_s" &&
             each.name != "sampling.end_s";
    });
  }

  void Refuse(const std::string& run_id, const std::string& why) {
    refused_.push_back(fmt::format("of {}/{}/{} {}", kPlatformId, wanted_.video_id, run_id, why));
  }

  void Collect() {
    for (const fs::path& folder : SubFolders(wanted_.layout.videos() / wanted_.video_id)) {
      const auto manifest = ReadManifest(folder);
      const ManifestComponent* const made = manifest ? manifest->Find(component_.name) : nullptr;
      if (made == nullptr || !made->finished()) continue;
      const std::string run_id = folder.filename().native();
      const ResultIdentity& identity = made->identity;
      if (manifest->content_sha256 != wanted_.content_sha256) {
        Refuse(run_id, "was made when the video had other content");
      } else if (identity.version != component_.version || identity.schema != component_.schema ||
                 identity.sampling_policy_version != kSamplingPolicyVersion) {
        Refuse(run_id, "was made by another version of the component");
      } else {
        candidates_.push_back({.made = *made, .run_id = run_id, .differences = Differences(*made)});
      }
    }
  }

  std::vector<SettingDifference> Differences(const ManifestComponent& made) const {
    auto differences = SettingDifferences(made.identity.config, component_.config);
    const bool same_models =
        component_.models_used.empty() ||
        (made.identity.model_signature == contracts::ModelSignature(component_.models_used) &&
         made.identity.model_files == ModelFiles(component_.models_used));
    if (!same_models) {
      differences.push_back({.name = "models",
                             .was = ModelsText(made.models_used),
                             .wanted = ModelsText(component_.models_used)});
    }
    return differences;
  }

  const WantedOutside& wanted_;
  const StoredComponent& component_;
  const base::CancelToken& cancel_;
  std::vector<OutsideResult> candidates_;
  std::vector<std::string> refused_;
};

}  // namespace

std::vector<SettingDifference> SettingDifferences(const std::string& was,
                                                  const std::string& wanted) {
  const auto old_settings = SettingsOf(was);
  const auto new_settings = SettingsOf(wanted);
  auto names = old_settings;
  names.insert(new_settings.begin(), new_settings.end());
  std::vector<SettingDifference> differences;
  for (const auto& [name, value] : names) {
    if (name == kOwnSampling) continue;  // whoever asked for these frames, they are the same
    SettingDifference difference{
        .name = name, .was = ValueOf(old_settings, name), .wanted = ValueOf(new_settings, name)};
    if (difference.was != difference.wanted) differences.push_back(std::move(difference));
  }
  return differences;
}

std::string DifferencesText(const std::vector<SettingDifference>& differences) {
  const auto value = [](const std::string& json) { return json == "null" ? "none" : json; };
  std::vector<std::string> texts;
  for (const SettingDifference& each : differences) {
    constexpr std::string_view kSampling = "sampling.";
    const std::string_view name = each.name;
    texts.push_back(fmt::format("{} {} (this run: {})",
                                name.starts_with(kSampling) ? name.substr(kSampling.size()) : name,
                                value(each.was), value(each.wanted)));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string OutsideResult::from(const std::string& video_id) const {
  return fmt::format("{}/{}/{}", kPlatformId, video_id, run_id);
}

base::Result<OutsideSearch> FindOutside(const WantedOutside& wanted,
                                        const base::CancelToken& cancel) {
  return OutsideSearcher(wanted, cancel).Go();
}

}  // namespace reelbatch::store
