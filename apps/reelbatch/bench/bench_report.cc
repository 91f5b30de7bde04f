#include "apps/reelbatch/bench/bench_report.h"

#include <fmt/format.h>

#include <optional>

#include "apps/reelbatch/table.h"
#include "base/json_text.h"
#include "costs/keys.h"
#include "costs/summary.h"

namespace reelbatch::app {
namespace {

using measure::PlannedWork;

std::string SizeAndPreset(const PlannedWork& planned) {
  return fmt::format("{}x{} {}", planned.bucket.width, planned.bucket.height,
                     contracts::PresetName(planned.work.preset));
}

std::optional<double> Number(const contracts::CostRow& row, const char* key) {
  const auto measure = base::SortedJson::parse(row.measure, nullptr, false);
  if (!measure.is_object() || !measure.contains(key) || !measure[key].is_number()) return {};
  return measure[key].get<double>();
}

std::string BenchReportPercent(double share) { return fmt::format("{:.1f} %", 100 * share); }

}  // namespace

std::vector<StepSum> SumSteps(const std::vector<PlannedWork>& plan,
                              const std::vector<contracts::CostRow>& rows) {
  std::vector<StepSum> sums;
  for (size_t i = 0; i < plan.size() && i < rows.size(); ++i) {
    const std::optional<double>& part_ms = rows[i].latency_ms_per_unit;
    if (!plan[i].work.step.empty() || !part_ms) continue;
    StepSum sum{.part = &plan[i], .part_ms = *part_ms};
    size_t steps = 0;
    bool complete = true;
    for (size_t k = i + 1; k < plan.size() && k < rows.size() && !plan[k].work.step.empty();
         ++k, ++steps) {
      complete = complete && rows[k].latency_ms_per_unit.has_value();
      sum.steps_ms += rows[k].latency_ms_per_unit.value_or(0);
    }
    if (steps > 0 && complete) sums.push_back(sum);
  }
  return sums;
}

std::string MicroText(const std::vector<PlannedWork>& plan,
                      const std::vector<contracts::CostRow>& rows, bool color) {
  Table table({{"what"},
               {"ms per frame pair", Align::kRight},
               {"share of part", Align::kRight},
               {"spread", Align::kRight},
               {"CPU ms", Align::kRight}});
  const std::vector<StepSum> sums = SumSteps(plan, rows);
  double part_ms = 0;
  for (size_t i = 0; i < plan.size() && i < rows.size(); ++i) {
    const contracts::CostRow& row = rows[i];
    const bool part = plan[i].work.step.empty();
    if (part) part_ms = row.latency_ms_per_unit.value_or(0);
    const std::string name =
        part ? fmt::format("{}  {}", plan[i].work.part.text, SizeAndPreset(plan[i]))
             : "  " + plan[i].work.step;
    const auto cv = Number(row, "cv");
    table.AddRow({name, costs::MsText(row.latency_ms_per_unit),
                  part_ms > 0 && row.latency_ms_per_unit
                      ? BenchReportPercent(*row.latency_ms_per_unit / part_ms)
                      : "",
                  cv ? BenchReportPercent(*cv) + (row.noisy ? " noisy" : "") : "",
                  costs::MsText(Number(row, "cpu_ms_per_unit"))});
  }
  std::string text = table.Render(color);
  for (const StepSum& sum : sums) {
    text += fmt::format(
        "{} {}: the sum of the steps is {} ms, the whole part takes {} ms, ratio {:.3f}\n",
        sum.part->work.part.text, SizeAndPreset(*sum.part), costs::MsText(sum.steps_ms),
        costs::MsText(sum.part_ms), sum.ratio());
  }
  return text;
}

std::string MatrixText(const std::vector<contracts::CostRow>& rows, bool color) {
  contracts::CostTable measured;
  measured.rows = rows;
  Table table({{"part"},
               {"aspect"},
               {"preset"},
               {"sizes", Align::kRight},
               {"min ms", Align::kRight},
               {"p50", Align::kRight},
               {"p95", Align::kRight},
               {"max", Align::kRight}});
  for (const contracts::CostSummary& summary : costs::Summarise(measured)) {
    table.AddRow({costs::PartText(*summary.subject),
                  std::string(contracts::AspectName(summary.aspect)), summary.subject->preset,
                  fmt::format("{}", summary.buckets), costs::MsText(summary.min_ms),
                  costs::MsText(summary.p50_ms), costs::MsText(summary.p95_ms),
                  costs::MsText(summary.max_ms)});
  }
  return table.empty() ? "" : table.Render(color);
}

std::string MemoryText(const std::vector<PlannedWork>& plan,
                       const std::vector<contracts::CostRow>& rows, bool color) {
  Table table({{"size, preset"},
               {"MiB", Align::kRight},
               {"peak", Align::kRight},
               {"input", Align::kRight},
               {"before", Align::kRight},
               {"end (smaps)", Align::kRight},
               {"PSS", Align::kRight},
               {"GPU", Align::kRight}});
  for (size_t i = 0; i < plan.size() && i < rows.size(); ++i) {
    const contracts::CostRow& row = rows[i];
    table.AddRow({SizeAndPreset(plan[i]), costs::MbText(row.cpu_rss_peak_mb),
                  costs::MbText(row.cpu_rss_raw_mb), costs::MbText(row.input_mb),
                  costs::MbText(Number(row, "rss_before_mb")),
                  costs::MbText(Number(row, "rss_rollup_mb")), costs::MbText(Number(row, "pss_mb")),
                  costs::MbText(row.gpu_memory_per_task_mb)});
  }
  return table.Render(color);
}

base::Json BenchJson(const measure::Session& session, const std::vector<PlannedWork>& plan,
                     const measure::SweepReport& report, const std::string& table) {
  base::Json document{
      {"table", table},          {"device", session.device->id}, {"commit", session.commit},
      {"dirty", session.dirty},  {"rows", plan.size()},          {"measured", report.measured},
      {"reused", report.reused}, {"failed", report.failed},      {"noisy", report.noisy}};
  for (const StepSum& sum : SumSteps(plan, report.rows)) {
    document["step_sums"].push_back({{"part", sum.part->work.part.text},
                                     {"width", sum.part->bucket.width},
                                     {"height", sum.part->bucket.height},
                                     {"preset", contracts::PresetName(sum.part->work.preset)},
                                     {"part_ms", sum.part_ms},
                                     {"steps_ms", sum.steps_ms},
                                     {"ratio", sum.ratio()}});
  }
  return document;
}

}  // namespace reelbatch::app
