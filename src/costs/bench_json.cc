#include "costs/bench_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "costs/input_bucket.h"
#include "costs/json_object.h"
#include "costs/keys.h"
#include "costs/origin_json.h"
#include "costs/v1_tables.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

constexpr int64_t kMostBenchSide = 65536;
constexpr size_t kSchemaWithin = 256;  // where a table of ours says what it is
constexpr int64_t kMostCount = 1'000'000'000;

/// What both kinds say of one measurement, by the origin's names.
void ReadMetric(Fields& metric, CostRow& row) {
  row.latency_ms_per_unit = FigureOrNone(metric, "latency_ms_mean_stable_per_unit", kMostOriginMs);
  row.cpu_rss_peak_mb = FigureOrNone(metric, "cpu_rss_peak_mb", kMostOriginMb);
  row.gpu_memory_per_task_mb = FigureOrNone(metric, "gpu_vram_peak_mb", kMostOriginMb);
  if (metric.Has("units_per_call"))
    row.units_per_call = static_cast<int>(metric.Integer("units_per_call", 0, kMostCount));
  if (metric.At("spikes").is_number())
    row.spikes = static_cast<int>(metric.Integer("spikes", 0, kMostCount));
  for (const double sample :
       metric.NumbersIfAny("latency_ms_samples_total_call", 0, kMostOriginMs * 1e3)) {
    row.samples_ms.push_back(static_cast<float>(sample));
  }
}

Json MetricJson(const CostRow& row) {
  Json metric = {{"latency_ms_mean_stable_per_unit", base::ValueOrNull(row.latency_ms_per_unit)},
                 {"cpu_rss_peak_mb", base::ValueOrNull(row.cpu_rss_peak_mb)},
                 {"gpu_vram_peak_mb", base::ValueOrNull(row.gpu_memory_per_task_mb)},
                 {"spikes", row.spikes}};
  if (row.units_per_call > 0) metric["units_per_call"] = row.units_per_call;
  if (!row.samples_ms.empty()) metric["latency_ms_samples_total_call"] = row.samples_ms;
  return metric;
}

/// What both kinds of document share.
class Importer {
 public:
  Importer(std::string_view name, std::string_view device) : name_(name) {
    auto profile = std::make_shared<contracts::DeviceProfile>();
    profile->id = device;
    device_ = std::move(profile);
  }

  base::Result<LoadedTable> Micro(const Json& document) {
    Fields fields(document, name_, error_);
    Source(fields);
    for (const char* key : {"system", "protocol"}) {
      if (fields.Has(key)) fields.Object(key);
    }
    Fields input = fields.Object("synthetic_input");
    const auto width = static_cast<int>(input.Integer("width", 0, kMostBenchSide));
    const auto height = static_cast<int>(input.Integer("height", 0, kMostBenchSide));
    contracts::InputBucket bucket = BucketOf(width, height);
    bucket.width = width;
    bucket.height = height;
    bucket.fps = FigureOrNone(input, "fps", 1e4).value_or(0);
    Fields results = fields.Object("results");
    for (auto& [name, result] : results.Members()) {
      CostRow row = Row(bucket);
      contracts::CostSubject subject;
      SplitName(name, subject);
      if (subject.component.empty()) results.Fail(name, kNoComponent);
      subject.unit = "frame_pair";
      row.subject = blocks_.Subject(std::move(subject));
      row.provenance = blocks_.Source(source_);
      ReadMetric(result, row);
      if (error_) break;
      KeepDifference(MicroJson(row), {{"name", name}, {"result", result.json()}}, kOriginExtra,
                     row.extra);
      loaded_.table.rows.push_back(std::move(row));
    }
    // "ssim" and the same behind the component's name are one part.
    if (!error_) CheckRepeats();
    return Done(document, "results", MicroHead(bucket));
  }

  base::Result<LoadedTable> Matrix(const Json& document) {
    Fields fields(document, name_, error_);
    Source(fields);
    Fields matrix = fields.Object("matrix");
    const std::string part = matrix.TextOr("metric_key", matrix.TextOr("only", "matrix"));
    contracts::CostSubject measured;
    SplitName(part, measured);
    measured.unit = "frame_pair";
    if (measured.component.empty()) matrix.Fail("metric_key", kNoComponent);
    std::map<std::string, contracts::Knobs> presets;
    if (matrix.Has("presets")) {
      for (Fields& preset : matrix.Objects("presets"))
        (presets[preset.Text("name")] = KnobsFromJson(preset.json())).erase("name");
    }
    for (Fields& result : fields.Objects("results")) {
      contracts::InputBucket bucket;
      bucket.short_side = static_cast<int>(result.Integer("short_side", 0, kMostBenchSide));
      bucket.width = static_cast<int>(result.Integer("width", 0, kMostBenchSide));
      bucket.height = static_cast<int>(result.Integer("height", 0, kMostBenchSide));
      bucket.aspect = AspectFrom(result, "aspect");
      bucket.fps = FigureOrNone(matrix, "fps", 1e4).value_or(0);
      CostRow row = Row(bucket);
      contracts::Provenance source = source_;
      source.path = result.TextOr("out_json", name_);
      if (result.Has("out_json") && LeadsOut(source.path)) {
        loaded_.warnings.push_back(
            fmt::format("{}: results[{}].out_json '{}' is outside of the folder of the file; it is "
                        "kept as text, and the file is not opened",
                        name_, loaded_.table.rows.size(), source.path));
      }
      row.provenance = blocks_.Source(std::move(source));
      contracts::CostSubject subject = measured;
      subject.preset = result.Text("preset");
      const auto knobs = presets.find(subject.preset);
      if (knobs != presets.end()) subject.knobs = knobs->second;
      row.subject = blocks_.Subject(std::move(subject));
      Fields metric = result.Object("metric");
      ReadMetric(metric, row);
      if (error_) break;
      KeepDifference(MatrixJson(row), result.json(), kOriginExtra, row.extra);
      loaded_.table.rows.push_back(std::move(row));
    }
    if (!error_) CheckRepeats();
    return Done(document, "results", MatrixHead());
  }

  /// A member of "results".
  static Json MicroJson(const CostRow& row) {
    Json result = MetricJson(row);
    result["status"] = "ok";
    return {{"name", PartText(*row.subject)}, {"result", std::move(result)}};
  }

  static Json MatrixJson(const CostRow& row) {
    return {{"aspect", AspectName(row.bucket.aspect)},
            {"short_side", row.bucket.short_side},
            {"width", row.bucket.width},
            {"height", row.bucket.height},
            {"preset", row.subject->preset},
            {"out_json", row.provenance->path},
            {"metric", MetricJson(row)}};
  }

  static Json MicroHead(const contracts::InputBucket& bucket) {
    return {{"protocol", {{"mode", "micro_components"}}},
            {"synthetic_input",
             {{"width", bucket.width}, {"height", bucket.height}, {"fps", bucket.fps}}}};
  }

  static Json MatrixHead() { return {{"matrix", Json::object()}}; }

 private:
  void Source(Fields& fields) {
    source_.path = name_;
    source_.date = fields.TextOr("created_at", "");
    if (fields.Has("repo")) {
      Fields repo = fields.Object("repo");
      source_.commit = repo.TextOr("commit", "");
      source_.dirty = repo.FlagOr("dirty", false);
    }
    if (source_.commit.empty()) {
      loaded_.warnings.push_back(
          fmt::format("{}: has no commit, so the measurement cannot be repeated", name_));
    }
  }

  CostRow Row(const contracts::InputBucket& bucket) const {
    CostRow row;
    row.bucket = bucket;
    row.device = device_;
    return row;
  }

  void CheckRepeats() {
    if (const auto dropped = DropRepeatsOf(loaded_, name_, "results"); !dropped)
      error_ = dropped.error();
  }

  base::Result<LoadedTable> Done(const Json& document, const char* rows, const Json& head) {
    if (error_) return std::unexpected(*error_);
    Json rest = document;
    rest.erase(rows);
    KeepDifference(head, rest, kOriginExtra, loaded_.table.extra);
    return std::move(loaded_);
  }

  std::string name_;
  std::shared_ptr<const contracts::DeviceProfile> device_;
  contracts::Provenance source_;
  std::optional<base::Error> error_;
  OriginBlocks blocks_;
  LoadedTable loaded_;
};

/// For rows that were measured here: what the origin's readers look for at the top.
void AddHead(const contracts::Provenance& source, Json& document) {
  if (document.contains("created_at")) return;
  document["created_at"] = source.date;
  document["repo"] = {{"commit", source.commit}, {"dirty", source.dirty}};
}

}  // namespace

base::Result<LoadedTable> ImportMicro(std::string_view text, std::string_view name,
                                      std::string_view device) {
  const auto document = ParseOrigin(text, name);
  if (!document) return std::unexpected(document.error());
  return Importer(name, device).Micro(*document);
}

base::Result<LoadedTable> ImportMatrix(std::string_view text, std::string_view name,
                                       std::string_view device) {
  const auto document = ParseOrigin(text, name);
  if (!document) return std::unexpected(document.error());
  return Importer(name, device).Matrix(*document);
}

base::Result<std::string> ExportMicro(const contracts::CostTable& table) {
  const auto first = std::ranges::find_if(
      table.rows, [](const CostRow& row) { return row.bucket.width > 0 && OriginKnows(row); });
  if (first == table.rows.end())
    return base::Fail(
        base::Code::kInvalidArgument,
        "the table has no row with a frame size; measure rows with `reelbatch bench micro`");
  Json results = Json::object();
  for (const CostRow& row : table.rows) {
    if (row.bucket.width != first->bucket.width || row.bucket.height != first->bucket.height ||
        !OriginKnows(row))
      continue;
    Json entry = WithDifference(Importer::MicroJson(row), kOriginExtra, row.extra);
    const auto name = entry.find("name");
    const std::string key = name != entry.end() && name->is_string() ? name->get<std::string>()
                                                                     : PartText(*row.subject);
    if (results.contains(key)) return OneCellTwice(row);
    results[key] = std::move(entry["result"]);
  }
  Json document = WithDifference(Importer::MicroHead(first->bucket), kOriginExtra, table.extra);
  if (table.extra.empty()) AddHead(*first->provenance, document);
  document["results"] = std::move(results);
  return document.dump(2) + "\n";
}

base::Result<std::string> ExportMatrix(const contracts::CostTable& table) {
  const auto first = std::ranges::find_if(
      table.rows, [](const CostRow& row) { return row.bucket.short_side > 0 && OriginKnows(row); });
  if (first == table.rows.end())
    return base::Fail(
        base::Code::kInvalidArgument,
        "the table has no row with a size bucket; measure rows with `reelbatch bench matrix`");
  Json results = Json::array();
  std::vector<const CostRow*> rows;
  for (const CostRow& row : table.rows) {
    if (row.subject->component_part != first->subject->component_part ||
        row.bucket.short_side == 0 || !OriginKnows(row))
      continue;
    rows.push_back(&row);
    results.push_back(WithDifference(Importer::MatrixJson(row), kOriginExtra, row.extra));
  }
  if (const auto cells = CheckCells(rows); !cells) return std::unexpected(cells.error());
  Json document = WithDifference(Importer::MatrixHead(), kOriginExtra, table.extra);
  if (table.extra.empty()) {
    AddHead(*first->provenance, document);
    document["matrix"]["metric_key"] = PartText(*first->subject);
  }
  document["results"] = std::move(results);
  return document.dump(2) + "\n";
}

base::Result<LoadedTable> ImportAny(std::string text, std::string_view name,
                                    std::string_view device) {
  // Ours may be large, and has a reader that is made for it.
  if (std::string_view(text).substr(0, kSchemaWithin).find(kTableSchema) != std::string_view::npos)
    return ParseTable(std::move(text), name);
  const auto document = ParseOrigin(text, name);
  if (!document) return std::unexpected(document.error());
  const auto version = document->find("schema_version");
  const std::string schema =
      version != document->end() && version->is_string() ? version->get<std::string>() : "";
  if (schema.starts_with("resource_costs_")) return ImportV1(text, name, device);
  if (document->contains("synthetic_input")) return ImportMicro(text, name, device);
  if (document->contains("matrix") && document->contains("results"))
    return ImportMatrix(text, name, device);
  return base::Fail(base::Code::kCorrupt,
                    fmt::format("is not a known cost table; known formats are {}, "
                                "resource_costs_*_v1, micro and matrix results",
                                kTableSchema),
                    std::string(name));
}

}  // namespace reelbatch::costs
