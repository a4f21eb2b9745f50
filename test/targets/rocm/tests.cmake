# Two imitations of AMD's library: as ROCm has it since version 6, and before.
foreach(mock portico_mock_hip portico_mock_hip_5)
  add_library(${mock} MODULE ${CMAKE_CURRENT_LIST_DIR}/mock_hip.c)
  target_compile_options(${mock} PRIVATE -Wall -Wextra)
  set_target_properties(${mock} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  add_dependencies(portico-test ${mock})
endforeach()
target_compile_definitions(portico_mock_hip_5 PRIVATE MOCK_HIP_5)
target_compile_definitions(portico-test PRIVATE
  PORTICO_MOCK_HIP="$<TARGET_FILE:portico_mock_hip>"
  PORTICO_MOCK_HIP_5="$<TARGET_FILE:portico_mock_hip_5>")
