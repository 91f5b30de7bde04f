#include "components/speech_activity/speech_packing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

using contracts::BatchFailure;
using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;

constexpr size_t kUnitBytes = kSpeechUnit * sizeof(float);
constexpr size_t kStateBytes = kSpeechState * sizeof(float);

void Put(std::span<const std::byte> from, std::string& to, size_t at, size_t room) {
  std::memcpy(to.data() + at, from.data(), std::min(from.size(), room));
}

std::string TextOf(const Tensor& tensor) {
  return fmt::format("{} {} [{}]", tensor.name, contracts::ElementTypeName(tensor.type),
                     fmt::join(tensor.shape, ", "));
}

bool Holds(const Tensor& tensor, size_t bytes, std::initializer_list<std::vector<int64_t>> shapes) {
  return tensor.type == ElementType::kFloat32 && tensor.bytes.size() == bytes &&
         std::ranges::find(shapes, tensor.shape) != shapes.end();
}

Bytes Slice(const std::string& bytes, size_t unit, size_t size) {
  Bytes slice(size);
  std::memcpy(slice.data(), bytes.data() + unit * size, size);
  return slice;
}

bool Finite(std::span<const std::byte> bytes) {
  for (size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

std::vector<Tensor> SpeechPacking::Pack(std::span<const UnitInput> units) const {
  const auto batch = static_cast<int64_t>(units.size());
  Tensor input{.name = "input",
               .shape = {batch, static_cast<int64_t>(kSpeechUnit)},
               .bytes = std::string(units.size() * kUnitBytes, '\0')};
  Tensor state{.name = "state",
               .shape = {batch, 2, 128},
               .bytes = std::string(units.size() * kStateBytes, '\0')};
  for (size_t k = 0; k < units.size(); ++k) {
    Put(units[k].data, input.bytes, k * kUnitBytes, kUnitBytes);
    Put(units[k].state, state.bytes, k * kStateBytes, kStateBytes);
  }
  std::vector<Tensor> tensors;
  tensors.push_back(std::move(input));
  tensors.push_back(std::move(state));
  return tensors;
}

std::expected<std::vector<UnitOutput>, BatchFailure> SpeechPacking::Unpack(
    std::vector<Tensor> outputs, size_t units) const {
  const auto batch = static_cast<int64_t>(units);
  const bool right = outputs.size() == 2 &&
                     Holds(outputs[0], units * sizeof(float), {{batch, 1}, {batch}}) &&
                     Holds(outputs[1], units * kStateBytes, {{batch, 2, 128}});
  if (!right) {
    std::vector<std::string> texts;
    for (const Tensor& tensor : outputs) texts.push_back(TextOf(tensor));
    return std::unexpected(BatchFailure{
        .failure = FailureClass::kBadResponse,
        .evidence =
            fmt::format("the model outputs ({}), but f32 [{}, 1] and f32 [{}, 2, 128] are "
                        "expected: this is not the model of speech_activity; fetch it again",
                        fmt::join(texts, "; "), batch, batch)});
  }
  std::vector<UnitOutput> unpacked;
  unpacked.reserve(units);
  for (size_t k = 0; k < units; ++k) {
    UnitOutput output{.result = Slice(outputs[0].bytes, k, sizeof(float)),
                      .state = Slice(outputs[1].bytes, k, kStateBytes)};
    if (!Finite(output.result) || !Finite(output.state)) {
      return std::unexpected(BatchFailure{
          .failure = FailureClass::kInput,
          .evidence = fmt::format("the model outputs a number that is not finite for unit {} of {}",
                                  k, units)});
    }
    unpacked.push_back(std::move(output));
  }
  return unpacked;
}

}  // namespace reelbatch::components
