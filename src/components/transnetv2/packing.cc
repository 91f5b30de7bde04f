#include "components/transnetv2/packing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "components/transnetv2/window.h"

namespace reelbatch::components::transnetv2 {
namespace {

using contracts::BatchFailure;
using contracts::ElementType;
using contracts::Tensor;

constexpr std::array<std::string_view, 2> kOutputs = {"single", "many"};
constexpr size_t kCountingBytes = kStepFrames * sizeof(float);
static_assert(kResultBytes == kOutputs.size() * kCountingBytes);

std::unexpected<BatchFailure> BadResponse(std::string evidence) {
  return std::unexpected(BatchFailure{.failure = contracts::FailureClass::kBadResponse,
                                      .evidence = "transnetv2: " + std::move(evidence)});
}

/// The tensor `name`, as it has to be for `units` units.
std::expected<const Tensor*, BatchFailure> Find(const std::vector<Tensor>& outputs,
                                                std::string_view name, size_t units) {
  const auto found = std::ranges::find(outputs, name, &Tensor::name);
  if (found == outputs.end()) return BadResponse(fmt::format("the model has no output '{}'", name));
  if (found->type != ElementType::kFloat32) {
    return BadResponse(fmt::format("output '{}' has type {}, but f32 is expected", name,
                                   contracts::ElementTypeName(found->type)));
  }
  const std::vector<int64_t> shape = {static_cast<int64_t>(units), kWindowFrames};
  if (found->shape != shape) {
    return BadResponse(fmt::format("output '{}' has shape [{}], but [{}] is expected", name,
                                   fmt::join(found->shape, ", "), fmt::join(shape, ", ")));
  }
  if (found->bytes.size() != units * kWindowFrames * sizeof(float)) {
    return BadResponse(fmt::format("output '{}' has {} bytes", name, found->bytes.size()));
  }
  return &*found;
}

/// The bytes of the counting frames of one unit.
std::string_view Counting(const Tensor& output, size_t unit) {
  const size_t first = (unit * kWindowFrames + kMarginFrames) * sizeof(float);
  return std::string_view(output.bytes).substr(first, kCountingBytes);
}

bool AreProbabilities(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    if (!(value >= 0 && value <= 1)) return false;  // NaN too
  }
  return true;
}

class Packing final : public TensorPacking {
 public:
  std::vector<Tensor> Pack(std::span<const UnitInput> units) const override {
    Tensor frames{
        .name = "frames",
        .type = ElementType::kUint8,
        .shape = {static_cast<int64_t>(units.size()), kWindowFrames, kFrameHeight, kFrameWidth, 3}};
    frames.bytes.reserve(units.size() * kWindowBytes);
    for (const UnitInput& unit : units) {
      frames.bytes.append(reinterpret_cast<const char*>(unit.data.data()), unit.data.size());
    }
    std::vector<Tensor> inputs;
    inputs.push_back(std::move(frames));
    return inputs;
  }

  std::expected<std::vector<UnitOutput>, BatchFailure> Unpack(std::vector<Tensor> outputs,
                                                              size_t units) const override {
    std::vector<UnitOutput> results(units);
    for (const std::string_view name : kOutputs) {
      const auto output = Find(outputs, name, units);
      if (!output) return std::unexpected(output.error());
      for (size_t unit = 0; unit < units; ++unit) {
        const std::string_view counting = Counting(**output, unit);
        if (!AreProbabilities(counting)) {
          return BadResponse(fmt::format(
              "output '{}' has values that are not probabilities (NaN, or outside 0 to 1)", name));
        }
        const auto* const bytes = reinterpret_cast<const std::byte*>(counting.data());
        results[unit].result.insert(results[unit].result.end(), bytes, bytes + counting.size());
      }
    }
    return results;
  }
};

}  // namespace

std::unique_ptr<TensorPacking> MakePacking() { return std::make_unique<Packing>(); }

}  // namespace reelbatch::components::transnetv2
