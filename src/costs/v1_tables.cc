#include "costs/v1_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "costs/json_object.h"
#include "costs/keys.h"
#include "costs/origin_json.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

constexpr std::array<std::string_view, 3> kSchemas = {"resource_costs_cut_detection_v1",
                                                      "resource_costs_cut_detection_soft_v1",
                                                      "resource_costs_cut_detection_motion_v1"};
constexpr std::array<std::string_view, 3> kParts = {
    "detect_hard_cuts(cpu_no_deep)", "detect_soft_cuts(cpu)", "detect_motion_based_cuts(cpu)"};
constexpr int64_t kMostV1Side = 65536;
constexpr int64_t kMostSpikes = 1'000'000'000;

Json RowJson(const CostRow& row) {
  const contracts::CostSubject& subject = *row.subject;
  return {{"component", PartText(subject)},
          {"unit", subject.unit},
          {"aspect", AspectName(row.bucket.aspect)},
          {"short_side", row.bucket.short_side},
          {"width", row.bucket.width},
          {"height", row.bucket.height},
          {"preset", subject.preset},
          {"knobs", KnobsToJson(subject.knobs)},
          {"metrics",
           {{"latency_ms_mean_stable_per_unit", base::ValueOrNull(row.latency_ms_per_unit)},
            {"cpu_rss_peak_mb", base::ValueOrNull(row.cpu_rss_peak_mb)},
            {"gpu_vram_peak_mb", base::ValueOrNull(row.gpu_memory_per_task_mb)},
            {"spikes", row.spikes}}},
          {"provenance", {{"out_json", row.provenance->path}}}};
}

Json DocumentJson(std::string_view schema, const contracts::Provenance& source) {
  return {{"schema_version", schema},
          {"generated_at", source.date},
          {"repo", {{"commit", source.commit}, {"dirty", source.dirty}}},
          {"generated_from", ""},
          {"matrix", Json::object()}};
}

class V1Importer {
 public:
  V1Importer(std::string_view name, std::string_view device) : name_(name) {
    auto profile = std::make_shared<contracts::DeviceProfile>();
    profile->id = device;
    device_ = std::move(profile);
  }

  base::Result<LoadedTable> Import(const Json& document) {
    Fields fields(document, std::string(name_), error_);
    const std::string schema = fields.Text("schema_version");
    const auto* part = std::ranges::find(kSchemas, schema);
    if (part == kSchemas.end())
      fields.Fail("schema_version",
                  fmt::format("is '{}'; known values are {}", schema, fmt::join(kSchemas, ", ")));
    if (error_) return std::unexpected(*error_);
    contracts::Provenance source;
    source.date = fields.TextOr("generated_at", "");
    if (fields.Has("repo")) {
      Fields repo = fields.Object("repo");
      source.commit = repo.TextOr("commit", "");
      source.dirty = repo.FlagOr("dirty", false);
    }
    if (source.commit.empty()) Warn("has no commit, so the measurement cannot be repeated");
    part_ = kParts[static_cast<size_t>(part - kSchemas.begin())];
    for (Fields& row : fields.Objects("costs")) Row(row, source);
    if (error_) return std::unexpected(*error_);
    if (const auto dropped = DropRepeatsOf(loaded_, name_, "costs"); !dropped)
      return std::unexpected(dropped.error());
    Json rest = document;
    rest.erase("costs");
    KeepDifference(DocumentJson(schema, source), rest, kV1Extra, loaded_.table.extra);
    return std::move(loaded_);
  }

 private:
  void Warn(std::string_view text) {
    loaded_.warnings.push_back(fmt::format("{}: {}", name_, text));
  }

  void Row(Fields& fields, contracts::Provenance source) {
    CostRow row;
    contracts::CostSubject subject;
    const std::string component = fields.Text("component");
    SplitName(
        component.find('.') == std::string::npos ? component + "." + std::string(part_) : component,
        subject);
    if (subject.component.empty()) fields.Fail("component", kNoComponent);
    subject.unit = fields.Text("unit");
    if (subject.unit.empty()) fields.Fail("unit", "must not be empty: frame_pair");
    subject.preset = fields.TextOr("preset", "");
    if (fields.Has("knobs")) subject.knobs = KnobsFromJson(fields.Object("knobs").json());
    row.bucket.short_side = static_cast<int>(fields.Integer("short_side", 0, kMostV1Side));
    row.bucket.width = static_cast<int>(fields.Integer("width", 0, kMostV1Side));
    row.bucket.height = static_cast<int>(fields.Integer("height", 0, kMostV1Side));
    row.bucket.aspect = AspectFrom(fields, "aspect");
    Fields metrics = fields.Object("metrics");
    row.latency_ms_per_unit =
        FigureOrNone(metrics, "latency_ms_mean_stable_per_unit", kMostOriginMs);
    row.cpu_rss_peak_mb = FigureOrNone(metrics, "cpu_rss_peak_mb", kMostOriginMb);
    row.gpu_memory_per_task_mb = FigureOrNone(metrics, "gpu_vram_peak_mb", kMostOriginMb);
    if (metrics.At("spikes").is_number())
      row.spikes = static_cast<int>(metrics.Integer("spikes", 0, kMostSpikes));
    if (fields.Has("provenance")) source.path = fields.Object("provenance").TextOr("out_json", "");
    if (LeadsOut(source.path))
      Warn(
          fmt::format("costs[{}].provenance.out_json '{}' is outside of the folder of the file; it "
                      "is kept as text, and the file is not opened",
                      loaded_.table.rows.size(), source.path));
    row.subject = blocks_.Subject(std::move(subject));
    row.device = device_;
    row.provenance = blocks_.Source(std::move(source));
    if (error_) return;
    KeepDifference(RowJson(row), fields.json(), kV1Extra, row.extra);
    loaded_.table.rows.push_back(std::move(row));
  }

  std::string_view name_;
  std::string_view part_;
  std::shared_ptr<const contracts::DeviceProfile> device_;
  std::optional<base::Error> error_;
  OriginBlocks blocks_;
  LoadedTable loaded_;
};

}  // namespace

std::string_view V1Schema(V1Part part) { return kSchemas[static_cast<size_t>(part)]; }
std::string_view V1PartName(V1Part part) { return kParts[static_cast<size_t>(part)]; }

base::Result<LoadedTable> ImportV1(std::string_view text, std::string_view name,
                                   std::string_view device) {
  const auto document = ParseOrigin(text, name);
  if (!document) return std::unexpected(document.error());
  return V1Importer(name, device).Import(*document);
}

base::Result<std::string> ExportV1(const contracts::CostTable& table, V1Part part) {
  Json costs = Json::array();
  std::vector<const CostRow*> rows;
  for (const CostRow& row : table.rows) {
    if (row.subject->component_part != V1PartName(part) || row.bucket.short_side == 0 ||
        !OriginKnows(row))
      continue;
    rows.push_back(&row);
    costs.push_back(WithDifference(RowJson(row), kV1Extra, row.extra));
  }
  if (rows.empty()) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("the table has no row of {}; measure rows with `reelbatch bench matrix`",
                    V1PartName(part)));
  }
  if (const auto cells = CheckCells(rows); !cells) return std::unexpected(cells.error());
  Json document = WithDifference(DocumentJson(V1Schema(part), *rows.front()->provenance), kV1Extra,
                                 table.extra);
  document["costs"] = std::move(costs);
  return document.dump(2) + "\n";
}

}  // namespace reelbatch::costs
