#include "apps/reelbatch/plan/stage_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace reelbatch::app {
namespace {

using components::UnitsFrom;

/// The stages behind `stage`, each chain to its end.
void Follow(const std::vector<StageEdge>& graph, const StageEdge& stage, const std::string& line,
            std::string& text) {
  const std::string so_far = line + " -> " + stage.stage;
  bool last = true;
  for (const StageEdge& next : graph) {
    if (next.from != UnitsFrom::kStage || next.after.front() != stage.stage) continue;
    Follow(graph, next, so_far, text);
    last = false;
  }
  if (last) text += "  " + so_far + "\n";
}

}  // namespace

std::vector<StageEdge> StageGraph(const contracts::RunConfig& config,
                                  const engine::Catalog& catalog) {
  std::vector<StageEdge> graph;
  for (const std::string& name : config.components) {
    const components::ComponentDefinition& definition = *catalog.Find(name);
    const contracts::ComponentSpec spec = components::SpecOf(definition, config);
    for (const components::StageDefinition& stage : definition.stages) {
      StageEdge edge{.stage = contracts::StageText(name, stage.name), .from = stage.from};
      if (stage.from == UnitsFrom::kStage) edge.after = {contracts::StageText(name, stage.after)};
      if (stage.from == UnitsFrom::kResults || stage.from == UnitsFrom::kSeek) {
        edge.after = spec.needs;
        std::ranges::copy_if(spec.uses, std::back_inserter(edge.after), [&](const auto& used) {
          return std::ranges::find(config.components, used) != config.components.end();
        });
      }
      graph.push_back(std::move(edge));
    }
  }
  return graph;
}

std::string StageGraphText(const std::vector<StageEdge>& graph) {
  const bool plain = std::ranges::all_of(
      graph, [](const StageEdge& edge) { return edge.from == UnitsFrom::kSource; });
  if (plain) return "";
  std::string text = "stages and the sources of their units:\n";
  for (const StageEdge& edge : graph) {
    if (edge.from == UnitsFrom::kStage) continue;
    std::string begin = "frames or sound";
    if (edge.from != UnitsFrom::kSource)
      begin = fmt::format("results of {}", fmt::join(edge.after, ", "));
    if (edge.from == UnitsFrom::kSeek) begin += " -> second pass";
    Follow(graph, edge, begin, text);
  }
  return text + "\n";
}

base::Json StageGraphJson(const std::vector<StageEdge>& graph) {
  constexpr std::array kNames = {"source", "stage", "results", "second_pass"};
  base::Json stages = base::Json::array();
  for (const StageEdge& edge : graph) {
    stages.push_back({{"stage", edge.stage},
                      {"from", kNames[static_cast<size_t>(edge.from)]},
                      {"after", edge.after}});
  }
  return stages;
}

}  // namespace reelbatch::app
