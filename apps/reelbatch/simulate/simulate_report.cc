#include "apps/reelbatch/simulate/simulate_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/batch_table.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

using planning::Binding;
using runtime::Scenario;
using runtime::SimComponentResult;
using runtime::SimResult;

}  // namespace

std::map<std::string, double> FiguresOf(const Scenario& scenario, const SimResult& result) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  std::map<std::string, double> figures = {
      {"makespan_s", result.makespan_s},
      {"bound_s", result.bound.ms / 1e3},
      {"gap", result.gap},
      {"videos", number(result.videos)},
      {"videos_done", number(result.videos_done)},
      {"videos_failed", number(result.videos_failed)},
      {"videos_rejected", number(result.videos_rejected)},
      {"videos_fast", number(result.videos_fast)},
      {"second_passes", number(result.second_passes)},
      {"core_utilisation", result.core_utilisation},
      {"most_videos_in_batch", number(result.most_videos_in_batch)},
      {"most_attempts", number(result.most_attempts)},
      {"most_queued_mb", result.most_queued_mb},
      {"wait_p50_s", result.waits.Quantile(0.5)},
      {"wait_p95_s", result.waits.Quantile(0.95)},
      {"wait_max_s", result.waits.most()},
      {"events", number(result.events)},
      {"violations", number(result.violations.size())}};
  if (result.look_ahead_loss) figures["look_ahead_loss"] = *result.look_ahead_loss;
  int64_t ooms = 0;
  int64_t retries = 0;
  int64_t batches = 0;
  int64_t units = 0;
  for (size_t k = 0; k < result.components.size(); ++k) {
    const SimComponentResult& component = result.components[k];
    const std::string name = scenario.components[k].name + ".";
    ooms += component.ooms;
    retries += component.retries;
    batches += component.batches;
    units += component.units;
    figures[name + "units"] = number(component.units);
    figures[name + "failed"] = number(component.failed);
    figures[name + "dropped"] = number(component.dropped);
    figures[name + "held"] = number(component.held);
    figures[name + "batches"] = number(component.batches);
    figures[name + "mean_batch"] = MeanSize(component.sizes);
    figures[name + "max_batch"] = component.sizes.empty() ? 0 : component.sizes.rbegin()->first;
    figures[name + "ooms"] = number(component.ooms);
    figures[name + "retries"] = number(component.retries);
    figures[name + "learned_limit"] = component.learned_limit;
    figures[name + "stopped"] = component.stopped ? 1 : 0;
    for (int b = 0; b < planning::kBindings; ++b) {
      figures[fmt::format("{}by.{}", name, planning::BindingName(static_cast<Binding>(b)))] =
          number(component.by_binding[static_cast<size_t>(b)]);
    }
  }
  for (size_t d = 0; d < result.devices.size(); ++d) {
    figures[scenario.devices[d].id + ".utilisation"] = result.devices[d].utilisation;
    figures[scenario.devices[d].id + ".most_mb"] = result.devices[d].most_mb;
  }
  figures["ooms"] = number(ooms);
  figures["retries"] = number(retries);
  figures["batches"] = number(batches);
  figures["units"] = number(units);
  return figures;
}

std::vector<std::string> Unmet(const Scenario& scenario, const SimResult& result) {
  std::vector<std::string> unmet = result.violations;
  const auto figures = FiguresOf(scenario, result);
  for (const runtime::Expectation& wanted : scenario.expect) {
    const auto place = figures.find(wanted.figure);
    if (place == figures.end()) {
      std::vector<std::string> names;
      for (const auto& [name, value] : figures) names.push_back(name);
      unmet.push_back(fmt::format("expect: there is no figure named '{}'{}", OneLine(wanted.figure),
                                  base::DidYouMean(wanted.figure, names)));
      continue;
    }
    if (wanted.min && !(place->second >= *wanted.min)) {
      unmet.push_back(fmt::format("expect: {} is {:.6g}, but the minimum is {:.6g}", wanted.figure,
                                  place->second, *wanted.min));
    }
    if (wanted.max && !(place->second <= *wanted.max)) {
      unmet.push_back(fmt::format("expect: {} is {:.6g}, but the maximum is {:.6g}", wanted.figure,
                                  place->second, *wanted.max));
    }
  }
  return unmet;
}

base::Json ResultJson(const Scenario& scenario, const SimResult& result) {
  base::Json sizes = base::Json::object();
  for (size_t k = 0; k < result.components.size(); ++k) {
    base::Json& of = sizes[scenario.components[k].name] = base::Json::object();
    for (const auto& [size, count] : result.components[k].sizes) of[std::to_string(size)] = count;
  }
  return {{"scenario", scenario.name},
          {"figures", FiguresOf(scenario, result)},
          {"bound_by", planning::BoundKindName(result.bound.kind)},
          {"batch_sizes", sizes},
          {"unmet", Unmet(scenario, result)}};
}

std::string ResultText(const Scenario& scenario, const SimResult& result, bool color) {
  std::string text =
      fmt::format("{}: {} in {:.3f} s; lower bound {:.3f} s (limited by {}); gap {:.3f}\n",
                  OneLine(scenario.name), Count(result.videos, "video"), result.makespan_s,
                  result.bound.ms / 1e3, planning::BoundKindName(result.bound.kind), result.gap);
  if (result.videos_done != result.videos) {
    text += fmt::format("videos      {} done, {} failed, {} rejected\n", result.videos_done,
                        result.videos_failed, result.videos_rejected);
  }
  if (result.videos_fast > 0)
    text += fmt::format("fast        {} with preset fast to meet the deadline\n",
                        Count(result.videos_fast, "video"));
  text += fmt::format("cores       {:.0f} % busy\n", 100 * result.core_utilisation);
  if (result.look_ahead_loss) {
    text += fmt::format(
        "look-ahead  {}: the run ends {:.2f} % later than with all videos known from the start\n",
        Count(scenario.look_ahead, "video"), *result.look_ahead_loss);
  }
  for (size_t d = 0; d < result.devices.size(); ++d) {
    text += fmt::format("{:<11} {:.0f} % busy, peak {:.0f} MiB\n", OneLine(scenario.devices[d].id),
                        100 * result.devices[d].utilisation, result.devices[d].most_mb);
  }
  if (result.waits.count() > 0) {
    text +=
        fmt::format("queue wait  p50 {:.3f} s, p95 {:.3f} s, maximum {:.3f} s\n",
                    result.waits.Quantile(0.5), result.waits.Quantile(0.95), result.waits.most());
  }
  if (result.components.empty()) return text;
  Table table({{"component"},
               {"units", Align::kRight},
               {"batches", Align::kRight},
               {"mean size", Align::kRight},
               {"out of memory", Align::kRight},
               {"retried", Align::kRight},
               {"learned limit", Align::kRight},
               {"batch sizes"},
               {"limiting factor"}});
  for (size_t k = 0; k < result.components.size(); ++k) {
    const SimComponentResult& component = result.components[k];
    table.AddRow({OneLine(scenario.components[k].name) + (component.stopped ? " (stopped)" : ""),
                  fmt::format("{}", component.units), fmt::format("{}", component.batches),
                  fmt::format("{:.2f}", MeanSize(component.sizes)),
                  fmt::format("{}", component.ooms), fmt::format("{}", component.retries),
                  component.learned_limit > 0 ? fmt::format("{}", component.learned_limit) : "-",
                  SizesText(component.sizes), BindingsText(component.by_binding)});
  }
  return text + "\n" + table.Render(color) + std::string(kLimitingFactorNote);
}

}  // namespace reelbatch::app
