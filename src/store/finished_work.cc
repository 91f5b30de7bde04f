#include "store/finished_work.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "store/run_folders.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::VideoOutcome;
using contracts::VideoStatus;

/// Errors: cancelled.
base::Result<bool> IsWholeFile(const fs::path& file, const ArtifactEntry& entry,
                               const base::CancelToken& cancel) {
  std::error_code error;
  // What a link leads to may go with the run that it belongs to.
  if (!fs::is_regular_file(file, error) || fs::is_symlink(file, error)) return false;
  const auto size = fs::file_size(file, error);
  if (error || static_cast<int64_t>(size) != entry.bytes) return false;
  const auto digest = base::Sha256HexOfFile(file, &cancel);
  if (!digest && digest.error().code == base::Code::kCancelled) {
    return std::unexpected(digest.error());
  }
  return digest && *digest == entry.sha256;
}

/// What a document told: it knows the video, too.
void AddEvents(const std::string& component, contracts::ComponentResult result,
               VideoOutcome& outcome) {
  if (result.events) {
    outcome.info = result.events->info;
    const bool truncated = outcome.decode && outcome.decode->truncated;  // in manifests only
    outcome.decode = result.events->decode;
    outcome.decode->truncated = truncated;
  }
  outcome.results[component] = std::move(result);
}

/// The manifests of a video's other runs, by run id.
std::map<std::string, Manifest> OtherRuns(const WantedWork& wanted) {
  std::map<std::string, Manifest> runs;
  for (const fs::path& folder : SubFolders(wanted.layout.videos() / wanted.video_id)) {
    const std::string run = folder.filename().native();
    if (run == wanted.run_id) continue;
    if (auto manifest = ReadManifest(folder)) runs.emplace(run, std::move(*manifest));
  }
  return runs;
}

class Search {
 public:
  Search(const WantedWork& wanted, const base::CancelToken& cancel)
      : wanted_(wanted), cancel_(cancel) {}

  base::Result<FoundWork> Go() {
    if (auto manifest = ReadManifest(Folder(wanted_.run_id))) own_ = std::move(*manifest);
    if (auto looked = LookOutside(); !looked) return std::unexpected(looked.error());
    for (const StoredComponent& component : wanted_.components) {
      if (wanted_.nothing_is_done) break;
      if (auto looked = Look(component); !looked) return std::unexpected(looked.error());
    }
    for (const StoredComponent& component : wanted_.components) {
      if (!found_.components.contains(component.name)) found_.missing.push_back(component.name);
    }
    found_.in_place = InPlace();
    Describe();
    return std::move(found_);
  }

 private:
  fs::path Folder(const std::string& run_id) const {
    return wanted_.layout.Run(wanted_.video_id, run_id);
  }

  base::Status LookOutside() {
    for (const OutsideComponent& outside : wanted_.outside) {
      auto search = FindOutside({.layout = wanted_.layout,
                                 .video_id = wanted_.video_id,
                                 .content_sha256 = wanted_.content_sha256,
                                 .wanted = outside},
                                cancel_);
      if (!search) return std::unexpected(search.error());
      const std::string& name = outside.component.name;
      if (!search->found) {
        found_.outside_refused.emplace(name, std::move(search->refused));
        continue;
      }
      found_.outside.emplace(name, std::move(*search->found));
    }
    return {};
  }

  base::Status Look(const StoredComponent& component) {
    std::map<std::string, std::string> uses;
    for (const auto& [other, result] : TakenFromOutside(component.name, wanted_.outside, found_))
      uses.emplace(other, result->digest());
    for (const std::string& used : component.uses) {
      const auto place = found_.components.find(used);
      if (place == found_.components.end()) return {};
      uses.emplace(used, ResultDigest(place->second.made.artifacts));
    }
    const StoredComponent as_made = WithOutside(component, wanted_.outside, found_);
    const ResultIdentity identity = IdentityOf(as_made, wanted_.content_sha256, std::move(uses));
    if (own_) {
      const auto taken = Take(as_made, identity, *own_, wanted_.run_id);
      if (!taken) return std::unexpected(taken.error());
      if (*taken) return {};
    }
    if (!others_) others_ = OtherRuns(wanted_);
    for (const auto& [run_id, manifest] : *others_) {
      if (manifest.translated && IsTakenOver(as_made, run_id)) continue;
      const auto taken = Take(as_made, identity, manifest, run_id);
      if (!taken) return std::unexpected(taken.error());
      if (*taken) return {};
    }
    return {};
  }

  /// What 0.1.0 made with a model does not say with which files. Whoever takes it over first says
  /// it, and it is found there from then on.
  bool IsTakenOver(const StoredComponent& component, const std::string& run_id) const {
    if (ModelFiles(component.models_used).empty()) return false;
    const std::string from = std::string(kPlatformId) + "/" + wanted_.video_id + "/" + run_id;
    return std::ranges::any_of(*others_, [&](const auto& other) {
      const ManifestComponent* const made = other.second.Find(component.name);
      return made != nullptr && made->linked_from == from;
    });
  }

  /// False: the manifest has no such result. Errors: cancelled.
  base::Result<bool> Take(const StoredComponent& component, const ResultIdentity& identity,
                          const Manifest& manifest, const std::string& run_id) {
    const ManifestComponent* const made = manifest.Find(component.name);
    if (made == nullptr || !made->finished()) return false;
    ResultIdentity recorded = identity;
    if (manifest.translated) recorded.model_files.clear();
    if (made->key != recorded.Key()) return false;
    const auto whole = IsWhole(component, *made, Folder(run_id), cancel_);
    if (!whole || !*whole) return whole;
    FoundComponent found{
        .made = *made, .run_id = run_id, .costs = CostsOf(manifest, component.name)};
    found.made.identity = identity;
    found.made.key = identity.Key();
    found.made.models_used = component.models_used;
    found.made.uses_from.clear();
    for (const auto& [other, result] : TakenFromOutside(component.name, wanted_.outside, found_))
      found.made.uses_from.emplace(other, result->from(wanted_.video_id));
    if (run_id != wanted_.run_id)
      found.made.linked_from = std::string(kPlatformId) + "/" + wanted_.video_id + "/" + run_id;
    if (!AddContent(component, manifest, run_id)) return false;
    found_.components.emplace(component.name, std::move(found));
    return true;
  }

  /// False: it is there and cannot be read.
  bool AddContent(const StoredComponent& component, const Manifest& manifest,
                  const std::string& run_id) {
    if (component.document) {
      const fs::path file = Folder(run_id) / component.document->file;
      const auto text = base::ReadWholeFile(file);
      if (!text) return false;
      auto result = component.document->read(*text, file.native());
      if (!result) return false;
      if (manifest.decode) found_.outcome.decode = manifest.decode;
      AddEvents(component.name, std::move(*result), found_.outcome);
    }
    // A run that only listened has decoded no frame.
    const bool better = manifest.decode && (!found_.decode_document || frames_ == 0);
    if (!better) return true;
    frames_ = manifest.decode->frames_decoded;
    found_.decode_document = manifest.decode_document;
    found_.decode_costs = CostsOf(manifest, "decode");
    if (!found_.outcome.decode) found_.outcome.decode = manifest.decode;
    return true;
  }

  bool InPlace() const {
    if (!found_.missing.empty() || !own_) return false;
    return std::ranges::equal(
               own_->components, wanted_.components, {},
               [](const ManifestComponent& made) { return made.identity.component; },
               &StoredComponent::name) &&
           std::ranges::all_of(found_.components, [this](const auto& found) {
             return found.second.run_id == wanted_.run_id &&
                    own_->Find(found.first)->uses_from == found.second.made.uses_from;
           });
  }

  void Describe() {
    VideoOutcome& outcome = found_.outcome;
    outcome.status = VideoStatus::kSkipped;
    for (const StoredComponent& component : wanted_.components) {
      const auto found = found_.components.find(component.name);
      if (found == found_.components.end()) {
        outcome.results.erase(component.name);
        continue;
      }
      outcome.kept.emplace(component.name, found->second.made.linked_from);
      if (found->second.made.empty_reason)
        outcome.component_empty.emplace(component.name, *found->second.made.empty_reason);
    }
    SettleEmpty(wanted_.components, outcome);
  }

  const WantedWork& wanted_;
  const base::CancelToken& cancel_;
  std::optional<Manifest> own_;
  std::optional<std::map<std::string, Manifest>> others_;  // read where they are needed
  int64_t frames_ = 0;                                     // of decode_document
  FoundWork found_;
};

}  // namespace

ResultIdentity IdentityOf(const StoredComponent& component, const std::string& content_sha256,
                          std::map<std::string, std::string> uses) {
  return {.content_sha256 = content_sha256,
          .component = component.name,
          .version = component.version,
          .config = component.config,
          .schema = component.schema,
          .model_signature = contracts::ModelSignature(component.models_used),
          .model_files = ModelFiles(component.models_used),
          .uses = std::move(uses)};
}

base::Result<bool> IsWhole(const StoredComponent& component, const ManifestComponent& made,
                           const fs::path& run_folder, const base::CancelToken& cancel) {
  if (!std::ranges::is_permutation(component.files(), made.artifacts, {}, {}, &ArtifactEntry::path))
    return false;
  for (const ArtifactEntry& entry : made.artifacts) {
    const auto whole = IsWholeFile(run_folder / entry.path, entry, cancel);
    if (!whole || !*whole) return whole;
  }
  return true;
}

std::vector<contracts::ComponentCost> CostsOf(const Manifest& manifest,
                                              std::string_view component) {
  std::vector<contracts::ComponentCost> costs;
  std::ranges::copy_if(
      manifest.costs, std::back_inserter(costs),
      [&](const contracts::ComponentCost& cost) { return cost.component == component; });
  return costs;
}

std::map<std::string, const OutsideResult*> TakenFromOutside(
    const std::string& component, std::span<const OutsideComponent> outside,
    const FoundWork& found) {
  std::map<std::string, const OutsideResult*> taken;
  for (const OutsideComponent& other : outside) {
    const auto place = found.outside.find(other.component.name);
    if (place != found.outside.end() && other.is_taken_by(component))
      taken.emplace(place->first, &place->second);
  }
  return taken;
}

StoredComponent WithOutside(StoredComponent component, std::span<const OutsideComponent> outside,
                            const FoundWork& found) {
  std::set<std::string> names(component.uses.begin(), component.uses.end());
  const auto taken = TakenFromOutside(component.name, outside, found);
  if (taken.empty()) return component;
  for (const auto& [other, result] : taken) {
    names.insert(other);
    std::ranges::copy(result->made.models_used, std::back_inserter(component.models_used));
  }
  std::vector<std::string> with_it(names.begin(), names.end());
  with_it.push_back(component.name);
  component.config = WithComponents(component.config, with_it);
  return component;
}

base::Result<FoundWork> FindFinishedWork(const WantedWork& wanted,
                                         const base::CancelToken& cancel) {
  return Search(wanted, cancel).Go();
}

void SettleEmpty(const std::vector<StoredComponent>& components, VideoOutcome& outcome) {
  const bool all = std::ranges::all_of(components, [&](const StoredComponent& component) {
    return outcome.component_empty.contains(component.name);
  });
  outcome.empty_reason.reset();
  if (all && !components.empty() && outcome.status != VideoStatus::kError)
    outcome.empty_reason = outcome.component_empty.at(components.front().name);
  if (outcome.status == VideoStatus::kSuccess || outcome.status == VideoStatus::kEmpty)
    outcome.status = outcome.empty_reason ? VideoStatus::kEmpty : VideoStatus::kSuccess;
}

}  // namespace reelbatch::store
