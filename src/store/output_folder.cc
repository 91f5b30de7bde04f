#include "store/output_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/atomic_file.h"
#include "base/json_text.h"
#include "base/mutex.h"
#include "base/text.h"
#include "contracts/producer.h"
#include "store/component_artifacts.h"
#include "store/finished_work.h"
#include "store/folder_layout.h"
#include "store/folder_lock.h"
#include "store/identity.h"
#include "store/journal.h"
#include "store/kept_result.h"
#include "store/limits_file.h"
#include "store/recovery.h"
#include "store/result_writer.h"
#include "store/run_summary.h"
#include "store/source_registry.h"
#include "store/state_db.h"
#include "store/used_results.h"

namespace reelbatch::store {

using base::Json;
using base::Rounded;

namespace {

namespace fs = std::filesystem;
using contracts::VideoOutcome;
using contracts::VideoStatus;

std::string_view EndingName(RunEnding ending) {
  switch (ending) {
    case RunEnding::kFinished:
      return "finished";
    case RunEnding::kInterrupted:
      return "interrupted";
    case RunEnding::kFailed:
      return "failed";
  }
  return "failed";
}

VideoState StateOf(const VideoOutcome& outcome) {
  VideoState state;
  state.status = outcome.status;
  if (outcome.status == VideoStatus::kSkipped) {
    state.status = outcome.empty_reason ? VideoStatus::kEmpty : VideoStatus::kSuccess;
  }
  if (outcome.fault) {
    state.error_code = contracts::FaultCodeName(outcome.fault->code);
    state.reason = outcome.fault->reason;
  }
  if (outcome.empty_reason) state.reason = contracts::EmptyReasonName(*outcome.empty_reason);
  if (outcome.decode) {
    state.decode =
        DecodeFacts{.frames_decoded = outcome.decode->frames_decoded,
                    .frames_expected = outcome.decode->frames_expected,
                    .decode_errors = outcome.decode->decode_errors,
                    .damaged = outcome.decode->decode_errors > 0 || outcome.decode->truncated};
  }
  if (const contracts::EventList* const found = contracts::EventsOf(outcome)) {
    state.events = static_cast<int64_t>(found->events.size());
    state.shots = static_cast<int64_t>(found->shots.size());
  }
  return state;
}

/// Errors: internal (our own code handed over something half-made).
base::Status CheckOutcome(const VideoOutcome& outcome,
                          const std::vector<StoredComponent>& components, const FoundWork& found,
                          const fs::path& path) {
  const bool finished = outcome.status == VideoStatus::kSuccess ||
                        outcome.status == VideoStatus::kEmpty || !outcome.component_faults.empty();
  const bool whole =
      finished ? std::ranges::all_of(components,
                                     [&](const StoredComponent& component) {
                                       return found.components.contains(component.name) ||
                                              outcome.results.contains(component.name) ||
                                              outcome.component_faults.contains(component.name);
                                     })
               : outcome.status == VideoStatus::kError && outcome.fault.has_value();
  if (whole) return {};
  return base::Fail(
      base::Code::kInternal,
      fmt::format("status {} without its result", contracts::VideoStatusName(outcome.status)),
      base::PathForPeople(path));
}

/// A video that failed where some of its components are there already: the others have failed.
VideoOutcome AsComponentFaults(const VideoOutcome& outcome, const FoundWork& found) {
  VideoOutcome partly = outcome;
  for (const std::string& component : found.missing)
    partly.component_faults.emplace(component, *outcome.fault);
  return partly;
}

/// What is recorded of a video: of the components that were computed and of those that were there.
VideoOutcome Together(VideoOutcome computed, const FoundWork& found,
                      const std::vector<StoredComponent>& components) {
  for (const auto& [component, result] : found.outside) computed.results.erase(component);
  computed.results.insert(found.outcome.results.begin(), found.outcome.results.end());
  if (!computed.info) computed.info = found.outcome.info;
  const bool decoded = computed.decode && computed.decode->frames_decoded > 0;
  if (!decoded && found.outcome.decode) computed.decode = found.outcome.decode;
  for (const StoredComponent& component : components) {
    if (computed.empty_reason && !found.components.contains(component.name))
      computed.component_empty.emplace(component.name, *computed.empty_reason);
  }
  computed.component_empty.insert(found.outcome.component_empty.begin(),
                                  found.outcome.component_empty.end());
  computed.kept = found.outcome.kept;
  SettleEmpty(components, computed);
  return computed;
}

class Folder final : public OutputFolder {
 public:
  Folder(const OutputOptions& options, const base::Clock& clock)
      : options_(options),
        clock_(clock),
        layout_{AbsolutePath(options.folder)},
        run_id_(RunId(options.config, options.components)),
        config_hash_(ConfigHash(options.config)) {}

  base::Status Start();
  base::Status Register(std::span<const SourceInput> inputs,
                        const base::CancelToken& cancel) override {
    return sources_->Register(inputs, cancel);
  }
  base::Result<EarlierResults> FindFinished(const fs::path& input,
                                            const base::CancelToken& cancel) override;
  base::Result<LoadedResults> LoadUsed(const fs::path& input) override;
  base::Status Commit(const fs::path& input, const VideoOutcome& outcome,
                      VideoOutcome* recorded) override;
  base::Status FinishRun(RunEnding ending, const RunMemory& memory) override;
  base::Status Note(std::string_view event, const Json& fields) override {
    return journal_->Append(event, fields);
  }
  base::Result<std::vector<contracts::LimitRecord>> Limits() const override;
  base::Status SaveLimits(const std::vector<contracts::LimitRecord>& limits) override {
    return base::WriteFileAtomically(layout_.limits(), LimitsDocument(limits), Atomic());
  }
  base::Result<std::string> VideoId(const fs::path& input) const override;
  base::Result<fs::path> VideoFolder(const fs::path& input) const override;
  bool HasManifest(const fs::path& input) const override;
  const std::string& run_id() const override { return run_id_; }
  const std::vector<StoredComponent>& components() const override { return options_.components; }

 private:
  /// Why components that lack what they need cannot be made.
  void AddMissing(const FoundWork& found, LoadedResults& loaded) const;
  WantedWork Wanted(const VideoRow& row) const {
    return {.layout = layout_,
            .video_id = row.video_id,
            .run_id = run_id_,
            .content_sha256 = row.sha256,
            .components = options_.components,
            .outside = options_.outside,
            .nothing_is_done = options_.force};
  }
  FoundWork TakeFound(const fs::path& path) EXCLUDES(mutex_);
  ResultWriter Writer() {
    return {{.config = options_.config,
             .components = options_.components,
             .outside = options_.outside,
             .layout = layout_,
             .run_id = run_id_},
            *journal_};
  }
  base::Status WriteError(const VideoRow& row, const VideoOutcome& outcome);
  base::Status RememberDone(const VideoRow& row, const VideoOutcome& outcome,
                            bool kept_earlier_result = false);
  base::AtomicWrite Atomic() const {
    return {.temp_folder = layout_.temporaries(), .write_call = nullptr};
  }

  const OutputOptions options_;
  const base::Clock& clock_;
  const FolderLayout layout_;
  const std::string run_id_;
  const std::string config_hash_;
  // The lock is released last: it is declared first.
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<StateDb> state_;
  std::unique_ptr<SourceRegistry> sources_;
  std::unique_ptr<Journal> journal_;
  base::Mutex mutex_;
  /// Of videos that are partly done, until they are committed. By path.
  std::map<fs::path, FoundWork> found_ GUARDED_BY(mutex_);
};

base::Status Folder::Start() {
  if (auto checked = CheckOutputFolder(layout_); !checked) return checked;
  if (auto made = base::MakeFolders(layout_.temporaries()); !made) return made;
  auto lock = FolderLock::Take(layout_.root, layout_.lock(), options_.command_line, clock_);
  if (!lock) return std::unexpected(lock.error());
  lock_ = std::move(*lock);
  base::SweepTemporaries(layout_.temporaries());
  auto state = StateDb::Open(layout_.state(), clock_);
  if (!state) return std::unexpected(state.error());
  state_ = std::move(state->db);
  sources_ = std::make_unique<SourceRegistry>(*state_, config_hash_);
  if (state->fresh) {
    if (auto rebuilt = RebuildState(layout_, *state_); !rebuilt) return rebuilt;
  }
  auto journal = Journal::Open(layout_.journal(), clock_);
  if (!journal) return std::unexpected(journal.error());
  journal_ = std::move(*journal);
  return journal_->Append("run_started", {{"run_id", run_id_},
                                          {"config_hash", config_hash_},
                                          {"producer", contracts::ProducerName()},
                                          {"command", options_.command_line}});
}

base::Result<std::vector<contracts::LimitRecord>> Folder::Limits() const {
  std::error_code error;
  if (!fs::exists(layout_.limits(), error)) return std::vector<contracts::LimitRecord>();
  const auto text = base::ReadWholeFile(layout_.limits());
  if (!text) return std::unexpected(text.error());
  return ParseLimits(*text, base::PathForPeople(layout_.limits()));
}

base::Result<std::string> Folder::VideoId(const fs::path& input) const {
  auto row = sources_->RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  return row->video_id;
}

base::Result<fs::path> Folder::VideoFolder(const fs::path& input) const {
  const auto id = VideoId(input);
  if (!id) return std::unexpected(id.error());
  return layout_.Run(*id, run_id_);
}

bool Folder::HasManifest(const fs::path& input) const {
  const auto id = VideoId(input);
  if (!id) return false;
  std::error_code ignored;
  for (auto run = fs::directory_iterator(layout_.videos() / *id, ignored);
       run != fs::directory_iterator(); run.increment(ignored)) {
    if (fs::exists(run->path() / kManifestFile, ignored)) return true;
  }
  return false;
}

FoundWork Folder::TakeFound(const fs::path& path) {
  const base::MutexLock lock(mutex_);
  const auto node = found_.extract(path);
  return node.empty() ? FoundWork() : std::move(node.mapped());
}

base::Result<EarlierResults> Folder::FindFinished(const fs::path& input,
                                                  const base::CancelToken& cancel) {
  auto row = sources_->RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  auto sha256 = sources_->ContentOf(*row, cancel);
  if (!sha256) return std::unexpected(sha256.error());
  row->sha256 = std::move(*sha256);
  auto found = FindFinishedWork(Wanted(*row), cancel);
  if (!found) return std::unexpected(found.error());
  if (found->missing.empty()) {
    base::Result<bool> written = false;
    if (!found->in_place) written = Writer().WriteResult(*row, {}, *found);
    if (!written) return std::unexpected(FolderFailed(written.error()));
    if (auto done = RememberDone(*row, found->outcome); !done)
      return std::unexpected(FolderFailed(done.error()));
    return EarlierResults{.outcome = std::move(found->outcome)};
  }
  EarlierResults earlier;
  for (const auto& [component, kept] : found->components) earlier.done.push_back(component);
  base::Status noted = state_->SaveState(
      row->path, {.status = VideoStatus::kRunning, .error_code = {}, .reason = {}});
  if (noted) {
    noted = journal_->Append(
        "video_queued",
        {{"video_id", row->video_id}, {"run_id", run_id_}, {"components", found->missing}});
  }
  if (!noted) return std::unexpected(FolderFailed(noted.error()));
  if (!earlier.done.empty() || !options_.outside.empty()) {
    const base::MutexLock lock(mutex_);
    found_[row->path] = std::move(*found);
  }
  return earlier;
}

void Folder::AddMissing(const FoundWork& found, LoadedResults& loaded) const {
  for (const OutsideComponent& outside : options_.outside) {
    const std::string& name = outside.component.name;
    if (found.outside.contains(name)) continue;
    const auto why = found.outside_refused.find(name);
    for (const std::string& user : outside.required_by) {
      if (found.components.contains(user)) continue;
      loaded.faults.emplace(
          user, contracts::Fault{
                    .code = contracts::FaultCode::kDependencyMissing,
                    .reason = fmt::format(
                        "needs the result of {} (add it to the components): {}", name,
                        why == found.outside_refused.end() ? "it does not exist" : why->second)});
    }
  }
}

base::Result<LoadedResults> Folder::LoadUsed(const fs::path& input) {
  const auto row = sources_->RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  FoundWork found;
  {
    const base::MutexLock lock(mutex_);
    const auto place = found_.find(row->path);
    if (place == found_.end()) return LoadedResults();
    found = place->second;
  }
  auto used = store::LoadUsed(Wanted(*row), found);
  if (!used) return std::unexpected(used.error());
  LoadedResults loaded{.done = {}, .results = std::move(used->results)};
  for (const auto& [component, kept] : found.components) loaded.done.push_back(component);
  AddMissing(found, loaded);
  for (const auto& [component, error] : used->unreadable) {
    auto noted = journal_->Append("result_unreadable", {{"video_id", row->video_id},
                                                        {"run_id", run_id_},
                                                        {"component", component},
                                                        {"reason", error.Text()}});
    if (!noted) return std::unexpected(FolderFailed(noted.error()));
  }
  const base::MutexLock lock(mutex_);
  found_[row->path] = std::move(found);
  return loaded;
}

/// The manifest of a video without a result; an earlier result that may still be right stays as it
/// is.
base::Status Folder::WriteError(const VideoRow& row, const VideoOutcome& outcome) {
  if (outcome.fault &&
      KeepsEarlierResult(layout_.Run(row.video_id, run_id_), row.sha256, *outcome.fault)) {
    return RememberDone(row, outcome, true);
  }
  if (auto written = Writer().WriteError(row, outcome); !written) return written;
  return RememberDone(row, outcome);
}

base::Status Folder::RememberDone(const VideoRow& row, const VideoOutcome& outcome,
                                  bool kept_earlier_result) {
  VideoState state = StateOf(outcome);
  state.kept_earlier_result = kept_earlier_result;
  Json event{{"video_id", row.video_id},
             {"run_id", run_id_},
             {"status", contracts::VideoStatusName(state.status)}};
  if (!state.error_code.empty()) event["error_code"] = state.error_code;
  if (!state.reason.empty()) event["reason"] = state.reason;
  for (const auto& [component, reason] : outcome.component_empty)
    event["empty_components"][component] = contracts::EmptyReasonName(reason);
  if (outcome.status == VideoStatus::kSkipped) event["skipped"] = true;
  if (kept_earlier_result) event["kept_earlier_result"] = true;
  auto noted = journal_->Append("video_finished", event);
  if (noted) noted = state_->SaveState(row.path, state);
  return noted ? noted : std::unexpected(FolderFailed(noted.error()));
}

base::Status Folder::Commit(const fs::path& input, const VideoOutcome& outcome,
                            VideoOutcome* recorded) {
  auto row = sources_->RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  const FoundWork found = TakeFound(row->path);
  if (auto checked = CheckOutcome(outcome, options_.components, found, row->path); !checked)
    return checked;
  auto changed = sources_->Changed(*row);
  if (!changed) return std::unexpected(changed.error());
  VideoOutcome kept = outcome;
  if (*changed) {
    kept = {};
    kept.status = VideoStatus::kError;
    kept.fault = std::move(*changed);
    kept.started_at_ns = outcome.started_at_ns;
    kept.finished_at_ns = outcome.finished_at_ns;
    kept.duration_ns = outcome.duration_ns;
  } else if (outcome.status == VideoStatus::kError && outcome.component_faults.empty() &&
             !found.components.empty() &&
             !KeepsOtherContent(layout_.Run(row->video_id, run_id_), row->sha256, *outcome.fault)) {
    kept = AsComponentFaults(outcome, found);
  }
  if (kept.status == VideoStatus::kError && kept.component_faults.empty()) {
    if (auto written = WriteError(*row, kept); !written) return written;
  } else {
    const auto kept_any = Writer().WriteResult(*row, kept, found);
    if (!kept_any) return std::unexpected(kept_any.error());
    kept = Together(std::move(kept), found, options_.components);
    if (auto done = RememberDone(*row, kept, *kept_any); !done) return done;
  }
  if (recorded != nullptr) *recorded = std::move(kept);
  return {};
}

base::Status Folder::FinishRun(RunEnding ending, const RunMemory& memory) {
  auto written = WriteRunSummary({.config = options_.config,
                                  .components = options_.components,
                                  .run_id = run_id_,
                                  .ending = EndingName(ending)},
                                 *state_, layout_.run_summary(), Atomic());
  if (!written) return written;
  Json event{{"run_id", run_id_}, {"ending", EndingName(ending)}};
  if (memory.predicted_peak_mb) event["predicted_peak_mb"] = Rounded(*memory.predicted_peak_mb, 1);
  if (memory.peak_mb) event["peak_mb"] = Rounded(*memory.peak_mb, 1);
  auto noted = journal_->Append("run_finished", event);
  return noted ? journal_->Sync() : noted;
}

}  // namespace

base::Status OutputFolder::Register(const std::vector<fs::path>& inputs,
                                    const base::CancelToken& cancel) {
  std::vector<SourceInput> named;
  named.reserve(inputs.size());
  for (const fs::path& input : inputs) named.push_back({.path = input.native()});
  return Register(std::span<const SourceInput>(named), cancel);
}

base::Result<std::unique_ptr<OutputFolder>> OutputFolder::Open(const OutputOptions& options,
                                                               const base::Clock& clock) {
  auto folder = std::make_unique<Folder>(options, clock);
  if (auto started = folder->Start(); !started) return std::unexpected(started.error());
  return folder;
}

}  // namespace reelbatch::store
