#include "store/manifest.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "contracts/run_config.h"
#include "store/text.h"

namespace reelbatch::store {

using base::Json;
using base::JsonFields;
using base::ParseDocument;
using base::Pretty;
using base::Rounded;
using base::TextOrNull;
using base::ValueOrNull;

namespace {

using contracts::VideoStatus;

Json Source(const Manifest& manifest) {
  Json source;
  source["path"] = base::ValidUtf8(manifest.source.native());
  source["uri"] = FileUri(manifest.source);
  source["bytes"] = ValueOrNull(manifest.source_bytes);
  source["sha256"] = TextOrNull(manifest.components.front().key.content_sha256);
  return source;
}

Json Decode(const contracts::DecodeReport& report) {
  Json decode;
  decode["frames_decoded"] = report.frames_decoded;
  decode["frames_expected"] = ValueOrNull(report.frames_expected);
  decode["decode_errors"] = report.decode_errors;
  decode["error_frames"] = report.error_frames;
  decode["missing_pts"] = report.missing_pts;
  decode["repaired_pts"] = report.repaired_pts;
  decode["size_changed_at"] = ValueOrNull(report.size_changed_at);
  decode["vfr"] = report.vfr;
  decode["interlaced"] = report.interlaced;
  decode["truncated"] = report.truncated;
  decode["first_error"] = TextOrNull(report.first_error);
  return decode;
}

Json RoundedOrNull(std::optional<double> value) {
  return value ? Json(Rounded(*value, 3)) : Json(nullptr);
}

Json Artifacts(const std::vector<ArtifactEntry>& artifacts) {
  Json list = Json::array();
  for (const ArtifactEntry& artifact : artifacts) {
    list.push_back(
        {{"path", artifact.path}, {"bytes", artifact.bytes}, {"sha256", artifact.sha256}});
  }
  return list;
}

/// Without units: one video at a time on the CPU, nothing retried; how long it waited is not
/// measured.
Json Batching(const std::optional<contracts::BatchingReport>& report, bool fixed_clock) {
  if (!report) {
    return {{"effective_batch_size", 1},
            {"retries_total", 0},
            {"oom_retries", 0},
            {"queue_wait_ms", nullptr},
            {"gpu_mem_peak_mb", nullptr}};
  }
  // Which units met in a batch is a matter of timing.
  if (fixed_clock) return {{"units", report->units}};
  return {{"units", report->units},
          {"batches", report->batches},
          {"effective_batch_size", RoundedOrNull(report->effective_batch_size)},
          {"retries_total", report->retries_total},
          {"oom_retries", report->oom_retries},
          {"queue_wait_ms", RoundedOrNull(report->queue_wait_ms)},
          {"batch_peak_mb", RoundedOrNull(report->batch_peak_mb)},
          {"gpu_mem_peak_mb", nullptr}};
}

/// Who chose the preset and why, and what it stands for.
void AddSettings(const ManifestComponent& made, Json& component) {
  component["preset"] = TextOrNull(made.preset);
  component["preset_reason"] = TextOrNull(made.preset_reason);
  component["knobs"] = made.knobs.empty() ? Json(nullptr) : Json::parse(made.knobs, nullptr, false);
}

/// A run under a fixed clock leaves the same bytes wherever and with how many threads it is
/// repeated: nothing that was measured is written, here or on the machine that the prices are from.
bool FixedClock(const Manifest& manifest) {
  return manifest.started_at_ns == manifest.finished_at_ns;
}

/// What was expected beside what came.
Json Costs(const Manifest& manifest) {
  Json list = Json::array();
  if (FixedClock(manifest)) return list;
  for (const contracts::ComponentCost& cost : manifest.costs) {
    Json entry;
    entry["component"] = cost.component;
    entry["part"] = TextOrNull(cost.part);
    entry["bucket"] = cost.bucket;
    entry["preset"] = TextOrNull(cost.preset);
    entry["units"] = cost.units;
    entry["predicted_ms"] = RoundedOrNull(cost.predicted_ms);
    entry["predicted_mb"] = RoundedOrNull(cost.predicted_mb);
    entry["predicted_from"] = cost.predicted_from;
    std::optional<double> actual_ms;
    if (cost.cpu) actual_ms = std::chrono::duration<double, std::milli>(*cost.cpu).count();
    entry["actual_ms"] = RoundedOrNull(actual_ms);
    list.push_back(std::move(entry));
  }
  return list;
}

Json ModelsUsed(const std::vector<contracts::ModelUsed>& models) {
  Json list = Json::array();
  for (const contracts::ModelUsed& used : models) {
    list.push_back({{"model_name", used.model_name},
                    {"model_version", used.model_version},
                    {"weights_digest", used.weights_digest},
                    {"runtime", used.runtime},
                    {"engine", used.engine},
                    {"precision", used.precision},
                    {"device", used.device}});
  }
  return list;
}

/// A component that another one's failure left without what it needs is skipped, not failed.
VideoStatus StatusOf(const Manifest& manifest, const ManifestComponent& made) {
  if (!made.fault) return made.empty_reason ? VideoStatus::kEmpty : manifest.status;
  return made.fault->code == contracts::FaultCode::kDependencyMissing ? VideoStatus::kSkipped
                                                                      : VideoStatus::kError;
}

Json Component(const Manifest& manifest, const ManifestComponent& made) {
  Json component;
  component["name"] = made.key.component;
  component["kind"] = "core";
  const std::optional<contracts::Fault>& fault = made.fault ? made.fault : manifest.fault;
  component["status"] = contracts::VideoStatusName(StatusOf(manifest, made));
  const std::optional<contracts::EmptyReason> reason =
      made.empty_reason ? made.empty_reason : manifest.empty_reason;
  component["empty_reason"] =
      reason && !made.fault ? Json(contracts::EmptyReasonName(*reason)) : Json(nullptr);
  component["started_at"] = base::Iso8601(base::Nanoseconds(manifest.started_at_ns));
  component["finished_at"] = base::Iso8601(base::Nanoseconds(manifest.finished_at_ns));
  component["duration_ms"] = FixedClock(manifest) ? 0 : manifest.duration_ns / 1'000'000;
  component["artifacts"] = Artifacts(made.artifacts);
  component["producer_version"] = made.key.producer_version;
  component["schema_version"] = made.key.schema_version;
  component["sampling_policy_version"] = made.key.sampling_policy_version;
  component["model_signature"] = made.key.model_signature;
  component["idempotency_key"] = made.key.Text();
  component["models_used"] = ModelsUsed(made.models_used);
  component["device_used"] = made.models_used.empty() ? "cpu" : made.models_used.front().device;
  AddSettings(made, component);
  component["error"] = fault ? Json(fault->reason) : Json(nullptr);
  component["error_code"] = fault ? Json(contracts::FaultCodeName(fault->code)) : Json(nullptr);
  component["notes"] = made.notes;
  component["batching"] = Batching(made.batching, FixedClock(manifest));
  return component;
}

constexpr std::array kFinalStatuses = {VideoStatus::kSuccess, VideoStatus::kEmpty,
                                       VideoStatus::kError, VideoStatus::kSkipped};
constexpr std::array kFaultCodes = {
    contracts::FaultCode::kVideoUnreadable,    contracts::FaultCode::kDecoderStuck,
    contracts::FaultCode::kInsufficientMemory, contracts::FaultCode::kSourceChanged,
    contracts::FaultCode::kComponentFailed,    contracts::FaultCode::kInsufficientGpuMemory,
    contracts::FaultCode::kDependencyMissing,  contracts::FaultCode::kModelLoadFailed,
    contracts::FaultCode::kTritonUnavailable,  contracts::FaultCode::kTritonBadRequest,
    contracts::FaultCode::kTritonBadResponse};
constexpr std::array kEmptyReasons = {contracts::EmptyReason::kVideoTooShort,
                                      contracts::EmptyReason::kAudioMissing};

void ParseStatus(JsonFields& fields, Manifest& manifest) {
  const std::string status = fields.Text("status");
  bool known = false;
  for (const VideoStatus candidate : kFinalStatuses) {
    if (status != contracts::VideoStatusName(candidate)) continue;
    manifest.status = candidate == VideoStatus::kSkipped ? VideoStatus::kError : candidate;
    known = true;
  }
  if (!known) fields.Reject("status", "\"success\", \"empty\", \"error\" or \"skipped\"");
  const auto code = fields.TextOrNull("error_code");
  if (!code) return;
  for (const contracts::FaultCode candidate : kFaultCodes) {
    if (*code != contracts::FaultCodeName(candidate)) continue;
    manifest.fault = contracts::Fault{candidate, fields.TextOrNull("error").value_or("")};
  }
  if (!manifest.fault) fields.Reject("error_code", "a known error code or null");
}

std::optional<contracts::EmptyReason> ParseEmptyReason(JsonFields& fields) {
  const auto text = fields.TextOrNull("empty_reason");
  if (!text) return std::nullopt;
  const auto reason = std::ranges::find(kEmptyReasons, *text, contracts::EmptyReasonName);
  if (reason != kEmptyReasons.end()) return *reason;
  fields.Reject("empty_reason", "\"video_too_short\", \"audio_missing\" or null");
  return std::nullopt;
}

/// `key` holds what the components have in common.
ManifestComponent ParseComponent(JsonFields& fields, IdempotencyKey key) {
  ManifestComponent made{.key = std::move(key)};
  made.key.component = fields.Text("name");
  made.key.producer_version = fields.Text("producer_version");
  made.key.schema_version = fields.Text("schema_version");
  made.key.sampling_policy_version = fields.Text("sampling_policy_version");
  made.key.model_signature = fields.Text("model_signature");
  made.notes = fields.Texts("notes");
  made.empty_reason = ParseEmptyReason(fields);
  for (JsonFields& item : fields.Objects("artifacts")) {
    ArtifactEntry entry{.path = item.Text("path"), .bytes = item.Integer("bytes"), .sha256 = {}};
    entry.sha256 = item.Text("sha256");
    made.artifacts.push_back(std::move(entry));
  }
  return made;
}

void ParseDecode(JsonFields fields, contracts::DecodeReport& report) {
  report.frames_decoded = fields.Integer("frames_decoded");
  report.frames_expected = fields.IntegerOrNull("frames_expected");
  report.decode_errors = fields.Integer("decode_errors");
  report.truncated = fields.FlagOr("truncated", false);
}

contracts::ComponentCost ParseCost(JsonFields& fields) {
  contracts::ComponentCost cost{.component = fields.Text("component")};
  cost.part = fields.TextOrNull("part").value_or("");
  cost.bucket = fields.Text("bucket");
  cost.preset = fields.TextOrNull("preset").value_or("");
  cost.units = fields.Integer("units");
  cost.predicted_ms = fields.NumberOrNull("predicted_ms");
  cost.predicted_mb = fields.NumberOrNull("predicted_mb");
  cost.predicted_from = fields.Text("predicted_from");
  if (const auto actual_ms = fields.NumberOrNull("actual_ms")) {
    cost.cpu = std::chrono::round<std::chrono::nanoseconds>(
        std::chrono::duration<double, std::milli>(*actual_ms));
  }
  return cost;
}

}  // namespace

std::string ManifestDocument(const Manifest& manifest) {
  Json document;
  document["schema"] = kManifestSchema;
  document["producer"] = ProducerName();
  const IdempotencyKey& key = manifest.components.front().key;
  document["platform_id"] = key.platform_id;
  document["video_id"] = key.video_id;
  document["run_id"] = manifest.run_id;
  document["config_hash"] = key.config_hash;
  document["config"] = Json::parse(CanonicalJson(manifest.config), nullptr, false);
  document["source"] = Source(manifest);
  document["decode"] = manifest.decode ? Decode(*manifest.decode) : Json(nullptr);
  document["components"] = Json::array();
  for (const ManifestComponent& made : manifest.components) {
    document["components"].push_back(Component(manifest, made));
  }
  document["costs"] = Costs(manifest);
  return Pretty(document);
}

base::Result<Manifest> ParseManifest(std::string_view json, std::string_view name) {
  const auto document = ParseDocument(json, name, kManifestSchema);
  if (!document) return std::unexpected(document.error());
  std::optional<base::Error> error;
  JsonFields fields(*document, std::string(name), error);
  Manifest manifest;
  IdempotencyKey key;
  key.platform_id = fields.Text("platform_id");
  key.video_id = fields.Text("video_id");
  manifest.run_id = fields.Text("run_id");
  key.config_hash = fields.Text("config_hash");
  JsonFields source = fields.Object("source");
  const auto path = PathOfFileUri(source.Text("uri"));
  if (!path) source.Reject("uri", "a file:/// address");
  manifest.source = path.value_or("");
  manifest.source_bytes = source.IntegerOrNull("bytes");
  key.content_sha256 = source.TextOrNull("sha256").value_or("");
  if (document->contains("decode") && (*document)["decode"].is_object()) {
    ParseDecode(fields.Object("decode"), manifest.decode.emplace());
  }
  std::vector<JsonFields> components = fields.Objects("components");
  if (components.empty()) fields.Reject("components", "a list of one component or more");
  for (JsonFields& component : components) {
    manifest.components.push_back(ParseComponent(component, key));
  }
  for (JsonFields& cost : fields.ObjectsIfAny("costs")) manifest.costs.push_back(ParseCost(cost));
  // One decode serves all: what became of the video became of each, but for those with a fault of
  // their own, or nothing to say.
  bool all_empty = !components.empty();
  for (JsonFields& component : components) {
    if (manifest.status != VideoStatus::kError) ParseStatus(component, manifest);
    all_empty = all_empty && manifest.status == VideoStatus::kEmpty;
  }
  if (manifest.status == VideoStatus::kEmpty && !all_empty) manifest.status = VideoStatus::kSuccess;
  if (all_empty) manifest.empty_reason = manifest.components.front().empty_reason;
  if (error) return std::unexpected(*error);
  return manifest;
}

}  // namespace reelbatch::store
