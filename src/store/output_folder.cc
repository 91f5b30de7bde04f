#include "store/output_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/component_artifacts.h"
#include "store/finished_work.h"
#include "store/folder_layout.h"
#include "store/folder_lock.h"
#include "store/identity.h"
#include "store/journal.h"
#include "store/limits_file.h"
#include "store/manifest.h"
#include "store/recovery.h"
#include "store/run_summary.h"
#include "store/source_registry.h"
#include "store/state_db.h"

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
base::Status CheckOutcome(const VideoOutcome& outcome, const contracts::RunConfig& config,
                          const fs::path& path) {
  const bool finished = outcome.status == VideoStatus::kSuccess ||
                        outcome.status == VideoStatus::kEmpty || !outcome.component_faults.empty();
  const bool whole =
      finished ? std::ranges::all_of(config.components,
                                     [&outcome](const std::string& component) {
                                       return outcome.results.contains(component) ||
                                              outcome.component_faults.contains(component);
                                     })
               : outcome.status == VideoStatus::kError && outcome.fault.has_value();
  if (whole) return {};
  return base::Fail(
      base::Code::kInternal,
      fmt::format("status {} without its result", contracts::VideoStatusName(outcome.status)),
      base::PathForPeople(path));
}

class Folder final : public OutputFolder {
 public:
  Folder(const OutputOptions& options, const base::Clock& clock)
      : options_(options),
        clock_(clock),
        layout_{AbsolutePath(options.folder)},
        run_id_(RunId(options.config)),
        config_hash_(ConfigHash(options.config)) {}

  base::Status Start();
  base::Status Register(const std::vector<fs::path>& inputs,
                        const base::CancelToken& cancel) override {
    return sources_->Register(inputs, cancel);
  }
  base::Result<std::optional<VideoOutcome>> FindFinished(const fs::path& input,
                                                         const base::CancelToken& cancel) override;
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
  const std::string& run_id() const override { return run_id_; }

 private:
  std::vector<contracts::ModelUsed> ModelsOf(const std::string& component) const;
  IdempotencyKey KeyOf(const VideoRow& row, const std::string& component) const;
  std::vector<IdempotencyKey> KeysOf(const VideoRow& row) const;
  base::Result<std::vector<ArtifactEntry>> WriteArtifacts(const VideoRow& row,
                                                          const VideoOutcome& outcome,
                                                          const std::string& component);
  base::Status WriteManifest(const VideoRow& row, const VideoOutcome& outcome,
                             std::vector<ManifestComponent> components);
  base::Status WriteResult(const VideoRow& row, const VideoOutcome& outcome);
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
                                          {"producer", ProducerName()},
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

std::vector<contracts::ModelUsed> Folder::ModelsOf(const std::string& component) const {
  const auto models = options_.models_used.find(component);
  return models == options_.models_used.end() ? std::vector<contracts::ModelUsed>()
                                              : models->second;
}

IdempotencyKey Folder::KeyOf(const VideoRow& row, const std::string& component) const {
  const auto version = options_.component_versions.find(component);
  IdempotencyKey key;
  key.video_id = row.video_id;
  key.component = component;
  key.config_hash = config_hash_;
  key.producer_version =
      fmt::format("{}+{}.{}", REELBATCH_VERSION, component,
                  version == options_.component_versions.end() ? "0" : version->second);
  key.schema_version = ArtifactSchema(component);
  key.model_signature = contracts::ModelSignature(ModelsOf(component));
  key.content_sha256 = row.sha256;
  return key;
}

std::vector<IdempotencyKey> Folder::KeysOf(const VideoRow& row) const {
  std::vector<IdempotencyKey> keys;
  for (const std::string& component : options_.config.components) {
    keys.push_back(KeyOf(row, component));
  }
  return keys;
}

base::Result<std::optional<VideoOutcome>> Folder::FindFinished(const fs::path& input,
                                                               const base::CancelToken& cancel) {
  auto row = sources_->RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  auto sha256 = sources_->ContentOf(*row, cancel);
  if (!sha256) return std::unexpected(sha256.error());
  row->sha256 = std::move(*sha256);
  std::optional<VideoOutcome> finished;
  if (!options_.force) {
    auto found = FindFinishedWork(layout_.Run(row->video_id, run_id_), KeysOf(*row), cancel);
    if (!found) return found;
    finished = std::move(*found);
  }
  base::Status noted;
  if (finished) {
    noted = RememberDone(*row, *finished);
  } else {
    noted = state_->SaveState(row->path,
                              {.status = VideoStatus::kRunning, .error_code = {}, .reason = {}});
    if (noted)
      noted = journal_->Append("video_queued", {{"video_id", row->video_id}, {"run_id", run_id_}});
  }
  if (!noted) return std::unexpected(FolderFailed(noted.error()));
  return finished;
}

base::Result<std::vector<ArtifactEntry>> Folder::WriteArtifacts(const VideoRow& row,
                                                                const VideoOutcome& outcome,
                                                                const std::string& component) {
  const fs::path folder = layout_.Run(row.video_id, run_id_);
  if (auto made = base::MakeFolders(folder / component); !made) {
    return std::unexpected(made.error());
  }
  const ArtifactIdentity identity{
      .key = KeyOf(row, component),
      .run_id = run_id_,
      .loop_filter_skipped = contracts::SkipsLoopFilter(options_.config),
      .crop = options_.config.sampling.crop};
  const auto artifacts = MakeArtifacts(identity, row.path, outcome, options_.config);
  if (!artifacts) return std::unexpected(artifacts.error());
  std::vector<ArtifactEntry> entries;
  for (const auto& [path, bytes] : *artifacts) {
    if (auto written = base::WriteFileAtomically(folder / path, bytes, Atomic()); !written) {
      return std::unexpected(written.error());
    }
    ArtifactEntry entry{path, static_cast<int64_t>(bytes.size()), base::Sha256Hex(bytes)};
    auto noted = journal_->Append("artifact_written", {{"video_id", row.video_id},
                                                       {"run_id", run_id_},
                                                       {"path", entry.path},
                                                       {"bytes", entry.bytes},
                                                       {"sha256", entry.sha256}});
    if (!noted) return std::unexpected(noted.error());
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::optional<contracts::BatchingReport> BatchingOf(const VideoOutcome& outcome,
                                                    const std::string& component) {
  const auto batched = outcome.batching.find(component);
  return batched == outcome.batching.end() ? std::nullopt : std::optional(batched->second);
}

base::Status Folder::WriteResult(const VideoRow& row, const VideoOutcome& outcome) {
  std::vector<ManifestComponent> components;
  for (const std::string& component : options_.config.components) {
    if (const auto failed = outcome.component_faults.find(component);
        failed != outcome.component_faults.end()) {
      std::error_code ignored;
      fs::remove_all(layout_.Run(row.video_id, run_id_) / component, ignored);
      components.push_back({.key = KeyOf(row, component),
                            .fault = failed->second,
                            .models_used = ModelsOf(component),
                            .batching = BatchingOf(outcome, component)});
      continue;
    }
    auto artifacts = WriteArtifacts(row, outcome, component);
    if (!artifacts) return std::unexpected(artifacts.error());
    ManifestComponent made{.key = KeyOf(row, component),
                           .artifacts = std::move(*artifacts),
                           .models_used = ModelsOf(component)};
    if (const auto empty = outcome.component_empty.find(component);
        empty != outcome.component_empty.end()) {
      made.empty_reason = empty->second;
    }
    made.batching = BatchingOf(outcome, component);
    const contracts::ComponentResult& result = outcome.results.at(component);
    made.preset = result.preset;
    made.preset_reason = result.preset_reason;
    made.knobs = result.knobs;
    made.notes = result.notes;
    components.push_back(std::move(made));
  }
  if (auto synced = journal_->Sync(); !synced) return synced;
  if (auto written = WriteManifest(row, outcome, std::move(components)); !written) return written;
  return RememberDone(row, outcome);
}

base::Status Folder::WriteManifest(const VideoRow& row, const VideoOutcome& outcome,
                                   std::vector<ManifestComponent> components) {
  Manifest manifest;
  manifest.components = std::move(components);
  manifest.run_id = run_id_;
  manifest.config = options_.config;
  manifest.source = row.path;
  if (row.stat) manifest.source_bytes = row.stat->size;
  manifest.status = outcome.status;
  manifest.fault = outcome.fault;
  if (!outcome.component_faults.empty()) {
    manifest.status = outcome.empty_reason ? VideoStatus::kEmpty : VideoStatus::kSuccess;
    manifest.fault.reset();
  }
  manifest.empty_reason = outcome.empty_reason;
  manifest.decode = outcome.decode;
  manifest.costs = outcome.costs;
  manifest.started_at_ns = outcome.started_at_ns;
  manifest.finished_at_ns = outcome.finished_at_ns;
  manifest.duration_ns = outcome.duration_ns;
  const fs::path folder = layout_.Run(row.video_id, run_id_);
  if (auto made = base::MakeFolders(folder); !made) return made;
  return base::WriteFileAtomically(folder / kManifestFile, ManifestDocument(manifest), Atomic());
}

/// The manifest of a video without a result; an earlier result that may still be right stays as it
/// is.
base::Status Folder::WriteError(const VideoRow& row, const VideoOutcome& outcome) {
  const fs::path folder = layout_.Run(row.video_id, run_id_);
  if (outcome.fault && KeepsEarlierResult(folder, row.sha256, *outcome.fault)) {
    return RememberDone(row, outcome, true);
  }
  std::vector<ManifestComponent> components;
  for (IdempotencyKey& key : KeysOf(row)) {
    components.push_back({.key = std::move(key)});
  }
  if (auto written = WriteManifest(row, outcome, std::move(components)); !written) return written;
  // What an earlier run made of another content, or a killed one left half-made, is no result of
  // this one.
  std::error_code ignored;
  for (const std::string& component : options_.config.components) {
    fs::remove_all(folder / component, ignored);
  }
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
  if (auto checked = CheckOutcome(outcome, options_.config, row->path); !checked) return checked;
  auto changed = sources_->Changed(*row);
  if (!changed) return std::unexpected(changed.error());
  VideoOutcome failed;
  if (*changed) {
    failed.status = VideoStatus::kError;
    failed.fault = std::move(*changed);
    failed.started_at_ns = outcome.started_at_ns;
    failed.finished_at_ns = outcome.finished_at_ns;
    failed.duration_ns = outcome.duration_ns;
  }
  const VideoOutcome& kept = failed.fault ? failed : outcome;
  const bool nothing = kept.status == VideoStatus::kError && kept.component_faults.empty();
  auto written = nothing ? WriteError(*row, kept) : WriteResult(*row, kept);
  if (!written) return written;
  if (recorded != nullptr) *recorded = kept;
  return {};
}

base::Status Folder::FinishRun(RunEnding ending, const RunMemory& memory) {
  auto summary = RunSummary(options_.config, EndingName(ending), *state_);
  if (!summary) return std::unexpected(FolderFailed(summary.error()));
  if (auto written = base::WriteFileAtomically(layout_.run_summary(), *summary, Atomic());
      !written) {
    return written;
  }
  Json event{{"run_id", run_id_}, {"ending", EndingName(ending)}};
  if (memory.predicted_peak_mb) event["predicted_peak_mb"] = Rounded(*memory.predicted_peak_mb, 1);
  if (memory.peak_mb) event["peak_mb"] = Rounded(*memory.peak_mb, 1);
  auto noted = journal_->Append("run_finished", event);
  return noted ? journal_->Sync() : noted;
}

}  // namespace

base::Result<std::unique_ptr<OutputFolder>> OutputFolder::Open(const OutputOptions& options,
                                                               const base::Clock& clock) {
  auto folder = std::make_unique<Folder>(options, clock);
  if (auto started = folder->Start(); !started) return std::unexpected(started.error());
  return folder;
}

}  // namespace reelbatch::store
