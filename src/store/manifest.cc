#include "store/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "contracts/producer.h"
#include "contracts/run_config.h"
#include "store/artifact_identity.h"
#include "store/manifest_v1.h"
#include "store/text.h"

namespace reelbatch::store {

using base::OneLine;

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
  source["sha256"] = TextOrNull(manifest.content_sha256);
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

Json Figures(const contracts::BatchingFigures& figures, bool fixed_clock) {
  // Which units met in a batch is a matter of timing.
  if (fixed_clock) return {{"units", figures.units}};
  return {{"units", figures.units},
          {"batches", figures.batches},
          {"effective_batch_size", RoundedOrNull(figures.effective_batch_size)},
          {"retries_total", figures.retries_total},
          {"oom_retries", figures.oom_retries},
          {"queue_wait_ms", RoundedOrNull(figures.queue_wait_ms)},
          {"batch_peak_mb", RoundedOrNull(figures.batch_peak_mb)},
          {"gpu_mem_peak_mb", nullptr}};
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
  Json batching = Figures(*report, fixed_clock);
  for (const contracts::StageFigures& stage : report->stages)
    batching["stages"][stage.stage] = Figures(stage, fixed_clock);
  return batching;
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
  std::vector<contracts::ComponentCost> costs;
  if (!FixedClock(manifest)) costs = manifest.costs;
  costs.insert(costs.end(), manifest.earlier_costs.begin(), manifest.earlier_costs.end());
  for (const contracts::ComponentCost& cost : costs) {
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

/// A component that another one's failure left without what it needs is skipped, not failed.
VideoStatus StatusOf(const ManifestComponent& made) {
  if (!made.fault) return made.empty_reason ? VideoStatus::kEmpty : VideoStatus::kSuccess;
  return made.fault->code == contracts::FaultCode::kDependencyMissing ? VideoStatus::kSkipped
                                                                      : VideoStatus::kError;
}

void AddIdentity(const ManifestComponent& made, Json& component) {
  const ResultIdentity& identity = made.identity;
  component["component_version"] = identity.version;
  component["schema_version"] = identity.schema;
  component["sampling_policy_version"] = identity.sampling_policy_version;
  component["config_hash"] = base::Sha256Hex(identity.config);
  component["config"] = Json::parse(identity.config, nullptr, false);
  component["uses"] = Json::object();
  for (const auto& [name, digest] : identity.uses) component["uses"][name] = digest;
  for (const auto& [name, from] : made.uses_from) component["uses_from"][name] = from;
  component["models_used"] = ModelsJson(made.models_used);
  component["model_signature"] = identity.model_signature;
  component["key"] = made.fault ? Json(nullptr) : Json(made.key);
  component["result_digest"] = made.fault ? Json(nullptr) : Json(ResultDigest(made.artifacts));
  component["linked_from"] = TextOrNull(made.linked_from);
}

Json Component(const Manifest& manifest, const ManifestComponent& made) {
  if (made.document) {
    Json component = *made.document;
    component["models_used"] = ModelsJson(made.models_used);
    component["key"] = made.fault ? Json(nullptr) : Json(made.key);
    component["linked_from"] = TextOrNull(made.linked_from);
    component.erase("uses_from");
    for (const auto& [name, from] : made.uses_from) component["uses_from"][name] = from;
    return component;
  }
  Json component;
  component["name"] = made.identity.component;
  component["kind"] = made.kind;
  component["status"] = contracts::VideoStatusName(StatusOf(made));
  component["empty_reason"] = made.empty_reason && !made.fault
                                  ? Json(contracts::EmptyReasonName(*made.empty_reason))
                                  : Json(nullptr);
  component["started_at"] = base::Iso8601(base::Nanoseconds(manifest.started_at_ns));
  component["finished_at"] = base::Iso8601(base::Nanoseconds(manifest.finished_at_ns));
  component["duration_ms"] = FixedClock(manifest) ? 0 : manifest.duration_ns / 1'000'000;
  component["artifacts"] = Artifacts(made.artifacts);
  component["producer_version"] =
      fmt::format("{}+{}.{}", REELBATCH_VERSION, made.identity.component, made.identity.version);
  AddIdentity(made, component);
  component["device_used"] = made.models_used.empty() ? "cpu" : made.models_used.front().device;
  AddSettings(made, component);
  component["error"] = made.fault ? Json(made.fault->reason) : Json(nullptr);
  component["error_code"] =
      made.fault ? Json(contracts::FaultCodeName(made.fault->code)) : Json(nullptr);
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

std::optional<contracts::Fault> ParseFault(JsonFields& fields) {
  const std::string status = fields.Text("status");
  const auto known = std::ranges::find(kFinalStatuses, status, contracts::VideoStatusName);
  if (known == kFinalStatuses.end()) {
    fields.Reject("status", "\"success\", \"empty\", \"error\" or \"skipped\"");
    return std::nullopt;
  }
  const auto code = fields.TextOrNull("error_code");
  if (!code) {
    if (*known == VideoStatus::kError || *known == VideoStatus::kSkipped)
      fields.Reject("error_code", "a known error code");
    return std::nullopt;
  }
  const auto fault = std::ranges::find(kFaultCodes, *code, contracts::FaultCodeName);
  if (fault == kFaultCodes.end()) {
    fields.Reject("error_code", "a known error code or null");
    return std::nullopt;
  }
  return contracts::Fault{*fault, fields.TextOrNull("error").value_or("")};
}

std::optional<contracts::EmptyReason> ParseEmptyReason(JsonFields& fields) {
  const auto text = fields.TextOrNull("empty_reason");
  if (!text) return std::nullopt;
  const auto reason = std::ranges::find(kEmptyReasons, *text, contracts::EmptyReasonName);
  if (reason != kEmptyReasons.end()) return *reason;
  fields.Reject("empty_reason", "\"video_too_short\", \"audio_missing\" or null");
  return std::nullopt;
}

contracts::ModelUsed ParseModel(JsonFields& fields) {
  contracts::ModelUsed used;
  used.model_name = fields.Text("model_name");
  used.model_version = fields.Text("model_version");
  used.weights_digest = fields.Text("weights_digest");
  used.runtime = fields.Text("runtime");
  used.engine = fields.Text("engine");
  used.precision = fields.Text("precision");
  used.device = fields.Text("device");
  used.files_digest = fields.TextOrNull("files_digest").value_or("");
  return used;
}

/// `document`: the same component.
ManifestComponent ParseComponent(JsonFields& fields, const Json& document,
                                 const std::string& content_sha256) {
  ManifestComponent made{
      .identity = {.content_sha256 = content_sha256}, .key = {}, .artifacts = {}};
  ResultIdentity& identity = made.identity;
  identity.component = fields.Text("name");
  made.kind = fields.Text("kind");
  identity.version = fields.Text("component_version");
  identity.schema = fields.Text("schema_version");
  identity.sampling_policy_version = fields.Text("sampling_policy_version");
  identity.model_signature = fields.Text("model_signature");
  fields.Object("config");
  if (document.contains("config")) {
    // Sorted keys, as ComponentConfig() has them.
    identity.config = base::SortedJson::parse(OneLine(document["config"]), nullptr, false).dump();
  }
  JsonFields uses = fields.Object("uses");
  if (document.contains("uses") && document["uses"].is_object()) {
    for (const auto& [name, digest] : document["uses"].items())
      identity.uses.emplace(name, uses.Text(name));
  }
  for (JsonFields& model : fields.Objects("models_used"))
    made.models_used.push_back(ParseModel(model));
  identity.model_files = ModelFiles(made.models_used);
  made.fault = ParseFault(fields);
  made.key = fields.TextOrNull("key").value_or("");
  made.result_digest = fields.TextOrNull("result_digest").value_or("");
  for (JsonFields& from : fields.ObjectIfAny("uses_from")) {
    for (const auto& [name, folder] : document["uses_from"].items())
      made.uses_from[name] = from.Text(name);
  }
  made.linked_from = fields.TextOrNull("linked_from").value_or("");
  made.notes = fields.Texts("notes");
  made.empty_reason = ParseEmptyReason(fields);
  for (JsonFields& item : fields.Objects("artifacts")) {
    ArtifactEntry entry{.path = item.Text("path"), .bytes = item.Integer("bytes"), .sha256 = {}};
    entry.sha256 = item.Text("sha256");
    made.artifacts.push_back(std::move(entry));
  }
  made.document = document;
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

std::string ResultDigest(const std::vector<ArtifactEntry>& artifacts) {
  base::SortedJson list = base::SortedJson::array();
  for (const ArtifactEntry& artifact : artifacts)
    list.push_back(base::SortedJson::array({artifact.path, artifact.sha256}));
  return base::Sha256Hex(list.dump(-1, ' ', false, base::SortedJson::error_handler_t::replace));
}

const ManifestComponent* Manifest::Find(std::string_view component) const {
  const auto place = std::ranges::find_if(components, [component](const ManifestComponent& made) {
    return made.identity.component == component;
  });
  return place == components.end() ? nullptr : &*place;
}

std::string ManifestDocument(const Manifest& manifest) {
  Json document;
  document["schema"] = kManifestSchema;
  document["producer"] = contracts::ProducerName();
  document["platform_id"] = kPlatformId;
  document["video_id"] = manifest.video_id;
  document["run_id"] = manifest.run_id;
  document["config_hash"] = ConfigHash(manifest.config);
  document["config"] = Json::parse(CanonicalJson(manifest.config), nullptr, false);
  document["source"] = Source(manifest);
  document["decode"] = manifest.decode ? Decode(*manifest.decode) : Json(nullptr);
  if (manifest.decode_document) document["decode"] = *manifest.decode_document;
  document["components"] = Json::array();
  for (const ManifestComponent& made : manifest.components) {
    document["components"].push_back(Component(manifest, made));
  }
  document["costs"] = Costs(manifest);
  return Pretty(document);
}

base::Result<Manifest> ParseManifest(std::string_view json, std::string_view name) {
  auto document = ParseDocument(json, name, kManifestSchema);
  Manifest manifest;
  if (!document) {
    if (const auto earlier = ParseDocument(json, name, kManifestSchemaV1)) {
      document = ManifestFromV1(*earlier);
      manifest.translated = true;
    }
  }
  if (!document) return std::unexpected(document.error());
  std::optional<base::Error> error;
  JsonFields fields(*document, std::string(name), error);
  manifest.video_id = fields.Text("video_id");
  manifest.run_id = fields.Text("run_id");
  JsonFields source = fields.Object("source");
  const auto path = PathOfFileUri(source.Text("uri"));
  if (!path) source.Reject("uri", "a file:/// address");
  manifest.source = path.value_or("");
  manifest.source_bytes = source.IntegerOrNull("bytes");
  manifest.content_sha256 = source.TextOrNull("sha256").value_or("");
  if (document->contains("decode") && (*document)["decode"].is_object()) {
    ParseDecode(fields.Object("decode"), manifest.decode.emplace());
    manifest.decode_document = (*document)["decode"];
  }
  std::vector<JsonFields> components = fields.Objects("components");
  if (components.empty()) fields.Reject("components", "a list of one component or more");
  for (size_t k = 0; k < components.size(); ++k) {
    manifest.components.push_back(
        ParseComponent(components[k], (*document)["components"][k], manifest.content_sha256));
  }
  for (JsonFields& cost : fields.ObjectsIfAny("costs")) manifest.costs.push_back(ParseCost(cost));
  if (error) return std::unexpected(*error);
  return manifest;
}

}  // namespace reelbatch::store
